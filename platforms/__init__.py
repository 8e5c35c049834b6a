"""What a chat platform can do (`contract`), and one package per platform that does it."""
