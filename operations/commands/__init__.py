"""What the command line does by itself: one file a group of commands, one function a command."""
