"""The PostgreSQL wire protocol, version 3, as values: bytes in, messages out, and back.

Sans-I/O: nothing here opens a socket, reads a clock or knows SQL. `protocol.backend.Backend` is the
server's side of one conversation; the message classes carry the names of the protocol chapter of the
PostgreSQL manual ("Frontend/Backend Protocol"). Standard library only.
"""
