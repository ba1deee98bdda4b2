"""Many clients, slow clients, greedy clients: what each costs the server, and the others."""
