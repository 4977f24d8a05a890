"""A service manager's ear (sd_notify(3)): prints each notice as a line, its lines joined by blanks.

Usage: service_manager.py NAME    a path, or @ and the name of an abstract socket
"""

import socket
import sys

name = sys.argv[1]
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind("\0" + name[1:] if name.startswith("@") else name)
print("listening", flush=True)
while True:
    print(ear.recv(4096).decode().replace("\n", " "), flush=True)
