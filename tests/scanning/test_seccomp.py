"""The list of system calls and its program, run by a model of the kernel's interpreter."""

import errno
import re
import struct
from pathlib import Path

import pytest

from hashmatch.scanning import seccomp
from hashmatch.scanning.deadly_calls import DEADLY
from hashmatch.scanning.syscalls import ALLOWED
from tests.support.system_calls import golden

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_EPERM, _ENOSYS, _ALLOW = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS, 0x7FFF0000
_KILL = 0x80000000


@pytest.mark.parametrize("machine", _MACHINES)
def test_the_program_for_the_kernel_allows_what_is_on_the_list(machine: str) -> None:
    """Run by a model of the kernel's interpreter: what is allowed, and nothing else."""
    code = seccomp.program(machine, process=77)
    always = {call.number(machine) for call in ALLOWED if call.ways is None}
    sometimes = {call.number(machine) for call in ALLOWED if call.ways is not None}
    deadly = {call.number(machine) for call in DEADLY}
    assert len(deadly) > 60
    assert not deadly & (always | sometimes) - {None}
    for number in set(range(600)) - sometimes:
        expected = _ALLOW if number in always else _ENOSYS if number > 469 else _EPERM
        expected = _KILL if number in deadly else expected
        assert _decision(code, number, _MACHINES[machine]) == expected, number
    for number in filter(None, always):
        assert _decision(code, number, 3) == _EPERM
        assert _decision(code, number | 0x40000000, _MACHINES[machine]) == _EPERM


@pytest.mark.parametrize("machine", _MACHINES)
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("openat", (0, 0, 0o2000000), _ALLOW),
        ("openat", (0, 0, 1), _EPERM),
        ("openat", (0, 0, 2), _EPERM),
        ("openat", (0, 0, 0o100), _EPERM),
        ("openat", (0, 0, 0o1000), _EPERM),
        ("openat", (0, 0, 0o20000000), _EPERM),
        ("mmap", (0, 0, 3, 0x22), _ALLOW),
        ("mmap", (0, 0, 0, 0x4022), _ALLOW),
        ("mmap", (0, 0, 1, 0x1), _ALLOW),
        ("mmap", (0, 0, 3, 0x1), _EPERM),
        ("mmap", (0, 0, 1, 0x21), _EPERM),
        ("mmap", (0, 0, 5, 0x22), _EPERM),
        ("mmap", (0, 0, 3, 0x122), _EPERM),
        ("mmap", (0, 0, 3, 0x28), _EPERM),
        ("mprotect", (0, 0, 3), _ALLOW),
        ("mprotect", (0, 0, 7), _EPERM),
        ("mprotect", (0, 0, 1), _EPERM),
        ("mprotect", (0, 0, 0), _EPERM),
        ("clone", (0x3D0F00,), _ALLOW),
        ("clone", (17,), _KILL),
        ("clone", (0x3D0F00 | 0x10000000,), _KILL),
        ("clone3", (), _ENOSYS),
        ("kill", (77, 6), _ALLOW),
        ("kill", (78, 6), _KILL),
        ("kill", (0xFFFFFFFF, 6), _KILL),
        ("tgkill", (77, 77, 6), _ALLOW),
        ("tgkill", (1, 1, 6), _KILL),
        ("prlimit64", (0, 0, 5 << 32), _ALLOW),
        ("prlimit64", (0, 7, 0), _ALLOW),
        ("prlimit64", (0, 7, 1), _EPERM),
        ("prlimit64", (0, 7, 1 << 32), _EPERM),
        ("prlimit64", (1, 0, 0), _EPERM),
        ("futex", (0, 129), _ALLOW),
        ("futex", (0, 137 | 256), _ALLOW),
        ("futex", (0, 6), _EPERM),
        ("madvise", (0, 0, 4), _ALLOW),
        ("madvise", (0, 0, 12), _EPERM),
        ("ioctl", (0, 0x5401), _ALLOW),
        ("ioctl", (0, 0x40086602), _EPERM),
        ("fcntl", (0, 1030), _ALLOW),
        ("fcntl", (0, 8), _EPERM),
        ("prctl", (15,), _ALLOW),
        ("prctl", (4,), _EPERM),
    ],
)
def test_arguments_are_looked_at(
    machine: str, name: str, arguments: tuple[int, ...], expected: int
) -> None:
    (call,) = (each for each in ALLOWED if each.name == name)
    number = call.number(machine)
    assert number is not None
    code = seccomp.program(machine, process=77)
    assert _decision(code, number, _MACHINES[machine], *arguments) == expected


def _decision(code: list[bytes], number: int, architecture: int, *arguments: int) -> int:
    data = {0: number, 4: architecture}
    for place in range(6):
        value = arguments[place] if place < len(arguments) else 0
        data |= {16 + 8 * place: value & 0xFFFFFFFF, 20 + 8 * place: value >> 32}
    at = loaded = 0
    while True:
        what, if_true, if_false, operand = struct.unpack("=HBBI", code[at])
        at += 1
        if what == 0x20:
            loaded = data[operand]
        elif what == 0x54:
            loaded &= operand
        elif what == 0x06:
            return int(operand)
        else:
            holds = {0x15: loaded == operand, 0x35: loaded >= operand}[what]
            at += if_true if holds else if_false


@pytest.mark.parametrize("machine", _MACHINES)
def test_nothing_is_deadly_for_who_only_refuses(machine: str) -> None:
    for code in (
        seccomp.program(machine, process=77, kill=False),
        seccomp.program(machine, process=77, listen=True),
    ):
        found = {_decision(code, number, _MACHINES[machine]) for number in range(600)}
        assert _KILL not in found
    assert _decision(seccomp.program(machine, 77, kill=False), 460, _MACHINES[machine]) == _EPERM


@pytest.mark.parametrize("machine", _MACHINES)
def test_the_numbers_are_those_written_down_from_the_headers(machine: str) -> None:
    expected = golden(machine)
    for call in (*ALLOWED, *DEADLY):
        assert call.number(machine) == expected[call.name], call.name


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "asm-generic/unistd.h"),
    ],
)
def test_the_numbers_are_those_of_the_kernels_headers(machine: str, header: str) -> None:
    path = Path("/usr/include") / header
    if not path.exists():
        pytest.skip("no headers here")
    defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text())
    known = {name.replace("fstatat", "newfstatat"): int(number) for name, number in defined}
    known |= {name: int(number) for name, number in defined if name == "newfstatat"}
    ours = {call.name: call.number(machine) for call in ALLOWED}
    wrong = {name for name, number in ours.items() if known.get(name) != number}
    assert not wrong
    assert len(set(ours.values()) - {None}) == sum(each is not None for each in ours.values())
