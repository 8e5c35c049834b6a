"""The door for people in a chat: router, context, commands, cards, and every sentence the bot says."""
