"""What operators run beside the bot: logs, doctor, backup, the demo and the scripted month. Only `cli` uses it."""
