"""Has the OpenAI client take a webhook: {"body", "headers", "secret"} from stdin; tells on stdout what it made of it."""

import json
import sys

from openai import InvalidWebhookSignatureError, OpenAI

hook = json.load(sys.stdin)
client = OpenAI(api_key="unused", webhook_secret=hook["secret"])
try:
    event = client.webhooks.unwrap(hook["body"], hook["headers"])
    print(json.dumps({"event": json.loads(event.model_dump_json())}))
except InvalidWebhookSignatureError:
    print(json.dumps({"refused": True}))
