"""The other side of WeCom: the long connection, the callbacks, the REST calls and the cards it would refuse."""
