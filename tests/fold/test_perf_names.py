"""The names of native frames: arguments, Java, Rust."""

from __future__ import annotations

import pytest

from resq_flame.fold.names import rust_v0
from resq_flame.fold.names.symbols import tidy
from resq_flame.fold.perf.frames import is_jit, is_kernel
from resq_flame.fold.perf.text import Location, location

NAMES = {
    # as inferno has them
    "go/build.(*importReader).readByte": ["go/build.(*importReader).readByte"],
    "net/http.(*Client).Do(0xc000)": ["net/http.(*Client).Do"],
    "foo<Vec::<usize>>(Vec<usize>)": ["foo<Vec::<usize>>"],
    "base(BasicType) const": ["base"],
    "std::function<void (int, int)>::operator()(int, int)": ["std::function<void (int, int)>::operator"],
    "{lambda(int, int)#2}::operator()": ["{lambda(int, int)#2}::operator"],
    "(anonymous namespace)::myBar()": ["(anonymous namespace)::myBar"],
    "a::(anonymous namespace)::f(int)::{lambda()#1}": ["a::(anonymous namespace)::f"],
    "RegExp:[&<>\"']": ["RegExp:[&<>\"']"],
    "Lorg/x/Factory;.call(Lorg/x/Action;)Ljava/lang/Object;": ["org/x/Factory:.call"],
    "Lorg/x/Factory;.call(Lorg/x/C": ["org/x/Factory:.call"],
    "LWork;::run": ["LWork:::run"],
    "La/B;::f->La/C;::g": ["a/B:::f", "a/C:::g_[i]"],
    "LazyCompile:*spin /opt/app/plain.js:2": ["LazyCompile:*spin /opt/app/plain.js:2"],
    # where inferno drops the frame, or finds a function "_[i]"
    "(foo)": ["(foo)"],
    "Ptr<int>::operator->() const": ["Ptr<int>::operator->"],
    "call<fn(u64) -> u64>(x)": ["call<fn(u64) -> u64>"],
    "<dyn Fn(u64) -> u64 as Trait>::go(1)": ["<dyn Fn(u64) -> u64 as Trait>::go"],
    # Rust
    "std::fs::File::open::hb90e1c1c787080f0": ["std::fs::File::open"],
    "_$LT$F$u20$as$u20$alloc..boxed..FnBox$LT$A$GT$$GT$::call::h8612a2a83552fc2d": [
        "<F as alloc::boxed::FnBox<A>>::call"
    ],
    "_ZN4core3ptr13drop_in_place17h0123456789abcdefE": ["core::ptr::drop_in_place"],
    "_ZN41_$LT$T$u20$as$u20$core..convert..From$GT$4from17h0123456789abcdefE.llvm.123": [
        "<T as core::convert::From>::from"
    ],
    "_RNvCs4fqI2P2rA04_1w5apply": ["w::apply"],
    "_ZN3foo3barEv": ["_ZN3foo3barEv"],
    "_ZN99foo17h0123456789abcdefE": ["_ZN99foo17h0123456789abcdefE"],
}


@pytest.mark.parametrize(("symbol", "expected"), NAMES.items(), ids=NAMES)
def test_tidy(symbol: str, expected: list[str]) -> None:
    assert tidy(symbol) == expected


# From rustc 1.95 and rustc-demangle's own tests (tests of src/v0.rs), by the rule of the grammar that they need.
MANGLED = {
    "_RNvC6_123foo3bar": "123foo::bar",
    "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y": "utf8_idents::საჭმელად_გემრიელი_სადილი",
    "_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_": "cc::spawn::{closure#0}::{closure#0}",
    "_RNvMs_NtNtCs1_4core3str4iterNtB4_5Chars4next": "<core::str::iter::Chars>::next",
    "_RNvXNtCs_1w5CacheNtB2_7Handler6handle": None,
    "_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_ECs1iopQbuBiw2_3std": (
        "alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>"
    ),
    "_RNvMC0INtC8arrayvec8ArrayVechKj7b_E3new": "<arrayvec::ArrayVec<u8, 123>>::new",
    "_RMCs4fqI2P2rA04_13const_genericINtB0_8UnsignedKhb_E": "<const_generic::Unsigned<11>>",
    "_RMCs4fqI2P2rA04_13const_genericINtB0_6SignedKsn98_E": "<const_generic::Signed<-152>>",
    "_RMCs4fqI2P2rA04_13const_genericINtB0_4BoolKb1_E": "<const_generic::Bool<true>>",
    "_RMCs4fqI2P2rA04_13const_genericINtB0_4CharKc76_E": "<const_generic::Char<'v'>>",
    "_RMC0INtC1a1SKRe616263_E": '<a::S<"abc">>',
    "_RMC0FG_RL0_hEuE": None,
    "_RMC0FG_RL0_hEu": "<for<'a> fn(&'a u8)>",
    "_RMC0FUKCPhEx": '<unsafe extern "C" fn(*const u8) -> i64>',
    "_RMC0TAhj3_SaE": "<([u8; 3], [i8])>",
    "_RMC0TaE": "<(i8,)>",
    "_RNvC1a1f.cold": "a::f.cold",
    "_RNvC1a1f.llvm.9D1C9369": "a::f",
    "_RNvC1a": None,
    "_RNvC1a1fB_": "a::f",
    "_R": None,
}


@pytest.mark.parametrize(("symbol", "expected"), MANGLED.items(), ids=MANGLED)
def test_rust_v0(symbol: str, expected: str | None) -> None:
    assert rust_v0.demangled(symbol) == expected


def test_a_symbol_that_refers_to_itself_without_end_is_given_up() -> None:
    assert rust_v0.demangled("_RMC0" + "T" + "".join("B3_" * 40) + "E") is None


LOCATIONS = {
    b"f+0x1e (/srv/app)": Location(b"f", b"/srv/app"),
    b"f(int)+0x3 (/a (b)/c d)": Location(b"f(int)", b"/a (b)/c d"),
    b"operator new(unsigned long) (/lib/libstdc++.so)": Location(b"operator new(unsigned long)", b"/lib/libstdc++.so"),
    b"operator new(unsigned long)": Location(b"operator new(unsigned long)", b""),
    b"[unknown] (/opt/gone (deleted))": Location(b"[unknown]", b"/opt/gone"),
    b"f (/lib/a.so+0x33)": Location(b"f", b"/lib/a.so"),
    b" (/lib/a.so)": Location(b"", b"/lib/a.so"),
    b"f ([kernel.kallsyms].init.text)": Location(b"f", b"[kernel.kallsyms].init.text"),
}


@pytest.mark.parametrize(("text", "expected"), LOCATIONS.items())
def test_a_frame_line_is_read_from_the_right(text: bytes, expected: Location) -> None:
    assert location(text) == expected


@pytest.mark.parametrize("module", [b"[kernel.kallsyms]", b"[ext4]", b"/x/vmlinux", b"/boot/vmlinux-5.4-x", b"/x/a.ko"])
def test_kernel_modules(module: bytes) -> None:
    assert is_kernel(module)


@pytest.mark.parametrize("module", [b"[unknown]", b"", b"/bin/vmlinu", b"/bin/app"])
def test_other_modules(module: bytes) -> None:
    assert not is_kernel(module)


def test_maps_and_images_of_jits() -> None:
    assert is_jit(b"/tmp/perf-7.map")
    assert is_jit(b"/home/me/.debug/jit/x/jitted-7-9.so")
    assert not is_jit(b"/usr/lib/libjit.so")
