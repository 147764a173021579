"""Makes calls with the OpenAI client: {"base_url", "api_key", "calls"} from stdin; tells on stdout what came of each."""

import io
import json
import pathlib
import sys

import openai


def open_file(file):
    """A path, or the bytes of one in another shape."""
    path = pathlib.Path(file["path"])
    match file.get("as", "path"):
        case "path":
            return path
        case "bytes":
            return path.read_bytes()
        case "buffer":
            return io.BytesIO(path.read_bytes())
        case "named":
            return (file["name"], path.read_bytes())


def value_of(answer):
    return answer if isinstance(answer, str) else json.loads(answer.model_dump_json())


def make(client, call):
    method = client
    for part in call["method"].split("."):
        method = getattr(method, part)
    arguments = dict(call.get("arguments", {}))
    if "file" in call:
        arguments["file"] = open_file(call["file"])
    answer = method(**arguments)
    if arguments.get("stream"):
        return {"events": [value_of(event) for event in answer]}
    if call["method"] == "models.list":
        return {"value": [value_of(model) for model in answer]}
    request_id = None if isinstance(answer, str) else answer._request_id
    return {"type": type(answer).__name__, "value": value_of(answer), "requestId": request_id}


def outcome(client, call):
    try:
        return make(client, call)
    except openai.APIError as error:
        return {
            "error": type(error).__name__,
            "status": getattr(error, "status_code", None),
            "param": error.param,
            "code": error.code,
            "message": error.message,
        }


question = json.load(sys.stdin)
client = openai.OpenAI(base_url=question["base_url"], api_key=question["api_key"])
print(json.dumps([outcome(client, call) for call in question["calls"]]))
