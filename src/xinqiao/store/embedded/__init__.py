"""A PostgreSQL of our own under the home folder, shared by every process that works there.

Who is alive is a matter of file locks, which the kernel drops when their holder dies, however it dies:

* `start.lock` is held while the server is started or stopped;
* `users.lock` is held, shared, by every process that uses the server; who can take it alone is the last one;
* `server.lock` is held, shared, by the server's own processes; who can take it alone knows that none is left.

So neither a kill -9 nor a process number used again nor a copied folder can deceive us. The server listens on
a Unix socket inside its data folder, which only its owner may enter, and on nothing else.
"""

from xinqiao.store.embedded.server import EmbeddedServer

__all__ = ["EmbeddedServer"]
