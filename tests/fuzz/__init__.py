"""Conversations gone wrong: whatever a client sends, the server answers in the protocol or hangs up."""
