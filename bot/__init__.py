"""The door for people in a chat: router, context, errands, cards, and every sentence the bot says."""
