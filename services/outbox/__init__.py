"""What is to be said: messages and digests queued in the transaction of the fact."""
