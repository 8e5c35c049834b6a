"""Read-only tables that ship with the product: rules, working calendars, words of the parser, synonyms."""
