"""The mechanism itself (《工作机制（试行）》, annex 1 of 平政数〔2022〕51号) as pure functions and tables.

Standard library only: no clock, no database, no network. `decide` says what follows from a command, `fold`
says what a case is after its events, `escalation` says which reminders a moment asks for.
"""
