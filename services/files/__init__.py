"""What office programs save, read as text, tables and documents: bytes in, plain values out, nothing of ours known."""
