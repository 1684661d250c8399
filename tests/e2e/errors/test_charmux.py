# SPDX-License-Identifier: Apache-2.0
"""charmux asks for what cannot be had: one line on stderr names the console, the cause and what to do, and a script reads
the cause off the exit code. What charmuxd would answer is said by a mock of its socket."""

import pytest
from support.fake_api import SWITCHED, Cut, FakeApi, answer

CONSOLE = "GET /api/v1/consoles/vm"
AN_EMPTY_ONE = answer(body={"name": "vm", "offset": 7})


def told(status, error, hint=""):
    return answer(status, {"error": error, "hint": hint})


# What charmuxd answers (None: there is none), what is run, the exact line, the exit code. SOCKET is its path.
ERRORS = {
    "no charmuxd": (None, ["ls"], "charmux: no charmuxd answers at SOCKET: No such file or directory; start it (systemctl "
                    "start charmux) or name its socket with --socket", 69),
    "it is killed": ({"GET /api/v1/consoles": Cut()}, ["ls"],
                     "charmux: charmuxd at SOCKET went away before it answered; see its log, and try again", 69),
    "it hangs": ({}, ["ls"], "charmux: charmuxd at SOCKET has not answered for 10 s; see its log, and try again", 69),
    "something else listens": ({"GET /api/v1/consoles": b"220 mail ESMTP\r\n"}, ["ls"],
                               "charmux: what answers at SOCKET is no charmuxd: this HTTP answer is not understood: bad "
                               "version; name charmuxd's socket with --socket", 69),
    "another version": ({"GET /api/v1/consoles": answer(body={"consoles": []})}, ["ls"],
                        "charmux: charmuxd at SOCKET is not understood: its list of consoles is no JSON array; is it of "
                        "another version?", 69),
    "no such console": ({CONSOLE: told(404, "there is no console 'vm'", "did you mean 'vm1'?")}, ["who", "vm"],
                        "charmux: there is no console 'vm'; did you mean 'vm1'?", 68),
    "no such console to attach": ({f"{CONSOLE}/attach": told(404, "there is no console 'vm'", "`charmux ls` lists them")},
                                  ["attach", "vm"], "charmux: there is no console 'vm'; `charmux ls` lists them", 68),
    "no break": ({"POST /api/v1/consoles/vm/break": told(409, "no break: virtio consoles have none")}, ["break", "vm"],
                 "charmux: console vm: no break: virtio consoles have none", 75),
    "not offered": ({f"{CONSOLE}/attach": told(409, "it is not offered: a monitor")}, ["attach", "vm"],
                    "charmux: console vm: it is not offered: a monitor", 75),
    "full": ({f"{CONSOLE}/attach": told(503, "charmuxd is full", "try again later")}, ["attach", "vm"],
             "charmux: console vm: charmuxd is full; try again later", 75),
    "it stops": ({"POST /api/v1/consoles/vm/down": told(503, "charmuxd is stopping")}, ["down", "vm"],
                 "charmux: console vm: charmuxd is stopping", 69),
    "a console to watch": ({"POST /api/v1/consoles/vm/break": told(403, "ann may only watch console vm",
                                                                   "that takes `control` of it in a [[user]] or [[group]]")},
                           ["break", "vm"], "charmux: ann may only watch console vm; that takes `control` of it in a [[user]] "
                           "or [[group]]", 77),
    "a console to watch, to attach": ({f"{CONSOLE}/attach": told(403, "ann may only watch console vm",
                                                                 "attach with --watch (mode=watch)")}, ["attach", "vm"],
                                      "charmux: ann may only watch console vm; attach with --watch (mode=watch)", 77),
    "force": ({"POST /api/v1/consoles/vm/reopen": told(403, "ann may not reopen console vm by force", "reopen it without force; "
                                                       "that takes `admin` of it in a [[user]] or [[group]]")},
              ["reopen", "vm", "--force"], "charmux: ann may not reopen console vm by force; reopen it without force; that takes "
              "`admin` of it in a [[user]] or [[group]]", 77),
    "a reload": ({"POST /api/v1/reload": told(403, "ann may not reload the configuration",
                                              'it takes root, or admin = ["*"] in a [[user]] or [[group]]')}, ["reload"],
                 'charmux: ann may not reload the configuration; it takes root, or admin = ["*"] in a [[user]] or [[group]]', 77),
    "too many connections": ({"GET /api/v1/consoles": told(503, "uid 1000 is here too often already (limits.per_user)",
                                                           "try again later")}, ["ls"],
                             "charmux: uid 1000 is here too often already (limits.per_user); try again later", 75),
    "no name service": ({"GET /api/v1/consoles": told(503, "the name service does not say who uid 1000 is",
                                                      "see whether `getent passwd` answers on this machine")}, ["ls"],
                        "charmux: the name service does not say who uid 1000 is; see whether `getent passwd` answers on this "
                        "machine", 75),
    "its future": ({CONSOLE: AN_EMPTY_ONE}, ["tail", "vm", "--since", "8"],
                   "charmux: console vm: --since 8 is yet to come; it has 7 bytes so far", 64),
    "closed at once": ({CONSOLE: answer(body={"name": "vm", "offset": 0}), f"{CONSOLE}/attach": Cut(SWITCHED),
                        f"{CONSOLE}/history": answer(X_Charmux_Offset=0)}, ["tail", "-f", "vm"],
                       "charmux: console vm: charmuxd at SOCKET closes each session at once; see its log", 69),
    "the session is closed": ({f"{CONSOLE}/attach": Cut(SWITCHED)}, ["attach", "vm"],
                              "charmux: console vm: charmuxd at SOCKET closed the session; see its log, or attach again", 69),
    "no permission": (None, ["ls"], "charmux: SOCKET: Permission denied; run charmux as root, as the user that charmuxd runs as, "
                      "or as one of the group charmux", 77),
}


@pytest.mark.parametrize("name", ERRORS)
def test_charmux(kit, name):
    answers, words, text, exit_code = ERRORS[name]
    socket = kit.path("control.sock")
    api = None if answers is None else FakeApi(socket, answers)
    # The folder is root's alone.
    who = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if name == "no permission" else ("env",)
    ended = kit.run(*who, kit.build / "charmux", *words, "--socket", socket)
    if api:
        api.close()
    said = [line for line in ended.stderr.splitlines() if line.startswith("charmux: ")]
    assert (ended.returncode, ended.stdout, said) == (exit_code, "", [text.replace("SOCKET", str(socket))])
