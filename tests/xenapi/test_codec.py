#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The codecs against other people's: usage `test_codec.py CODEC-PROGRAM SAMPLES.JSON`.

What real clients sent (samples.json, recorded) is read as Python's own readers read it, and what we write is read by them
as what was meant. Python's xmlrpc.client is also what Nova speaks.
"""

import base64
import json
import re
import subprocess
import sys
import unittest
import xmlrpc.client
from pathlib import Path

CODEC, SAMPLES = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())

TEXTS = ["", " ", "OpaqueRef:NULL", "a & b < c > d \"e\" 'f' ]]>", " two\nlines\tand a tab ", "carriage\r\nreturn\r", "ü € \U0001f600 \u2028",
         "&amp; &#13;", "\\ / \\u0041"]


def codec(source, target, text):
    done = subprocess.run([CODEC, source, target], input=text.encode(), capture_output=True)
    if done.returncode:
        raise ValueError(done.stderr.decode())
    return done.stdout.decode()


def plain(value):
    """What JSON makes of a value that xmlrpc.client has read."""
    if isinstance(value, xmlrpc.client.Binary):
        return base64.b64encode(value.data).decode()
    if isinstance(value, xmlrpc.client.DateTime):
        return value.value.removesuffix("Z") + "Z"
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        return {key: plain(element) for key, element in value.items()}
    return value


def text_of_ints(value):
    """A value as XAPI's XML has it: ints are text, and there is no void."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [text_of_ints(element) for element in value]
    if isinstance(value, dict):
        return {key: text_of_ints(element) for key, element in value.items()}
    return value


def same(a, b):
    """Equality that tells 1 from 1.0 and from True."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


VALUES = [*TEXTS, 0, -1, 2**63 - 1, -2**63, 0.5, 60.1, 1e21, 1e-7, 5.0, True, False, [], {}, [[]], [{}], ["a", 1, [True]],
          {"name_label": "x", "MTU": 1500, "other_config": {"a b": "c", "<&>": "\""}, "tags": []}, TEXTS, {text: text for text in TEXTS}]


class Codec(unittest.TestCase):
    def assert_same(self, ours, theirs):
        self.assertTrue(same(ours, theirs), f"\nours   {ours!r}\ntheirs {theirs!r}")

    def test_calls_of_real_clients_are_read_as_python_reads_them(self):
        self.assertGreater(len(SAMPLES), 20)
        for sample in SAMPLES:
            with self.subTest(sample["body"]):
                ours = json.loads(codec(sample["transport"] + "-call", "json-call", sample["body"]))
                if sample["transport"] == "json":
                    self.assert_same(ours, json.loads(sample["body"]))
                else:
                    params, method = xmlrpc.client.loads(sample["body"])
                    self.assertEqual(ours["method"], method)
                    self.assert_same(ours["params"], plain(params))

    def test_calls_of_xmlrpc_client_are_read(self):
        for value in VALUES:
            if isinstance(value, int) and abs(value) > 2**31 - 1:
                continue        # it writes no such int
            with self.subTest(value):
                body = xmlrpc.client.dumps((value,), "VM.set", allow_none=True)
                self.assert_same(json.loads(codec("xml-call", "json-call", body))["params"], plain(xmlrpc.client.loads(body)[0]))

    def test_bytes_and_datetimes_of_xmlrpc_client_are_read(self):
        params = (xmlrpc.client.Binary(bytes(range(256))), xmlrpc.client.DateTime("20260821T16:34:00Z"),
                  xmlrpc.client.DateTime("20260821T16:34:00"), None)
        ours = json.loads(codec("xml-call", "json-call", xmlrpc.client.dumps(params, "m", allow_none=True)))
        self.assert_same(ours["params"], plain(params))

    def test_our_xml_calls_are_read_by_xmlrpc_client(self):
        for value in VALUES:
            with self.subTest(value):
                call = json.dumps({"method": "VM.set", "params": ["OpaqueRef:s", value], "id": 0})
                params, method = xmlrpc.client.loads(codec("json-call", "xml-call", call))
                self.assertEqual(method, "VM.set")
                self.assert_same(list(params), text_of_ints(["OpaqueRef:s", value]))

    def test_our_xml_replies_are_read_by_xmlrpc_client(self):
        for value in VALUES:
            with self.subTest(value):
                reply = codec("json-reply", "xml-reply", json.dumps({"result": value, "error": None, "id": 0}))
                params, _ = xmlrpc.client.loads(reply)
                self.assert_same(list(params), [{"Status": "Success", "Value": text_of_ints(value)}])

    def test_our_xml_failures_are_read_by_xmlrpc_client(self):
        failure = ["VM_BAD_POWER_STATE", "OpaqueRef:v", *TEXTS]
        params, _ = xmlrpc.client.loads(codec("json-reply", "xml-reply", json.dumps({"error": failure, "id": 0})))
        self.assert_same(list(params), [{"Status": "Failure", "ErrorDescription": failure}])

    def test_our_bare_reply_is_read_by_xmlrpc_client(self):
        reply = codec("json-reply", "xml-bare-reply", json.dumps({"result": ["VM.start", "VM.stop"], "id": 0}))
        self.assert_same(list(xmlrpc.client.loads(reply)[0]), [["VM.start", "VM.stop"]])

    def test_our_xml_has_no_white_space_between_elements(self):
        for value in [*TEXTS[2:3], [], {}, ["a", {"b": [1.5, True]}]]:
            for target in ("xml-reply", "xml-bare-reply"):
                reply = codec("json-reply", target, json.dumps({"result": value, "id": 0}))
                self.assertIsNone(re.search(r">\s|\s<|^\s|\s$", reply), reply)

    def test_replies_of_xmlrpc_client_are_read(self):
        for value in VALUES:
            if isinstance(value, int) and abs(value) > 2**31 - 1:
                continue
            with self.subTest(value):
                body = xmlrpc.client.dumps(({"Status": "Success", "Value": value},), methodresponse=True)
                ours = json.loads(codec("xml-reply", "json-reply", body))
                self.assert_same(ours, {"jsonrpc": "2.0", "result": xmlrpc.client.loads(body)[0][0]["Value"], "id": 0})

    def test_fault_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "fault 'no such method'"):
            codec("xml-reply", "json-reply", xmlrpc.client.dumps(xmlrpc.client.Fault(1, "no such method"), methodresponse=True))

    def test_json_is_read_and_written_as_python_does(self):
        for value in VALUES:
            for ascii_only in (True, False):
                with self.subTest(value):
                    reply = {"jsonrpc": "2.0", "result": value, "id": "x"}
                    self.assert_same(json.loads(codec("json-reply", "json-reply", json.dumps(reply, ensure_ascii=ascii_only))), reply)

    def test_every_character_that_xml_can_carry_comes_through_both_wires(self):
        for first in (0x20, 0x3000, 0xe000, 0x1f600, 0x10ff00):
            text = "".join(map(chr, range(first, first + 256)))
            reply = json.dumps({"jsonrpc": "2.0", "result": text, "id": 0})
            xml = codec("json-reply", "xml-reply", reply)
            self.assertEqual(xmlrpc.client.loads(xml)[0][0]["Value"], text)
            self.assertEqual(json.loads(codec("xml-reply", "json-reply", xml))["result"], text)

    def test_control_characters_are_lost_in_xml_and_kept_in_json(self):
        text = "".join(map(chr, range(1, 0x20))) + "\ufffe\uffff."
        reply = json.dumps({"jsonrpc": "2.0", "result": text, "id": 0})
        self.assertEqual(xmlrpc.client.loads(codec("json-reply", "xml-reply", reply))[0][0]["Value"], "\t\n\r.")
        self.assertEqual(json.loads(codec("json-reply", "json-reply", reply))["result"], text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
