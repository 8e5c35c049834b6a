"""What every platform needs and no platform owns: budgets, memories, queues, tokens, connection states, plain words."""
