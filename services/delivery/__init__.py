"""How messages reach people and events come in: queues, places, cards, budgets."""
