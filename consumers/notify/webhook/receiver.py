"""A receiver of the webhook, to start from: it verifies, drops repeats, and prints. Needs Python alone.

DEMARCHE_WEBHOOK_SECRET=whsec_... python receiver.py 8080
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["DEMARCHE_WEBHOOK_SECRET"].removeprefix("whsec_"))
seen: set[str] = set()  # keep it in your database: a repeat may come after a restart


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), 65536))
        id_, stamp = self.headers.get("webhook-id", ""), self.headers.get("webhook-timestamp", "0")
        marks = self.headers.get("webhook-signature", "").split()
        right = base64.b64encode(hmac.digest(KEY, f"{id_}.{stamp}.".encode() + body, hashlib.sha256)).decode()
        fresh = stamp.isdigit() and abs(time.time() - int(stamp)) < 300
        if not fresh or not any(hmac.compare_digest(mark, f"v1,{right}") for mark in marks):
            self.send_response(401)
        else:
            if id_ not in seen:
                seen.add(id_)
                event = json.loads(body)
                sys.stdout.write(f"{event['type']}: {event['data'].get('sentence', '')}\n")
                sys.stdout.flush()
            self.send_response(204)  # also for a repeat, else it comes again
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
