"""Single instructions that Numba has no word for: counts of bits, and memory without checks.

Inside kernels arrays are read by address: an index that might be negative costs a comparison per
element, and a slice costs two atomic operations, more than a bucket's codes.
"""

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES: Final = 4
"""Codes that are compared at once; the tables end with as many rows that hold nothing."""

_BYTE: Final = ir.IntType(8)
_NUMBER: Final = ir.IntType(32)
_WORD: Final = ir.IntType(64)


@intrinsic  # type: ignore[untyped-decorator]
def popcount(_context: object, _word: object) -> object:
    """The set bits of a uint64, as an int64."""

    def generate(_context: object, builder: Any, _signature: object, arguments: Any) -> object:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@intrinsic  # type: ignore[untyped-decorator]
def address_of(_context: object, array: object) -> object:
    """The address of an array's first element. The array must outlive what is read there."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> object:
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.ptrtoint(held.data, _WORD)

    return types.int64(array), generate


@intrinsic  # type: ignore[untyped-decorator]
def word_at(_context: object, _address: object, _position: object) -> object:
    """A uint64 by its place."""

    def generate(_context: object, builder: Any, _signature: object, arguments: Any) -> object:
        return builder.load(_place(builder, _WORD, *arguments))

    return types.uint64(types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def small_at(_context: object, _address: object, _position: object) -> object:
    """A uint32 by its place, as an int64."""

    def generate(_context: object, builder: Any, _signature: object, arguments: Any) -> object:
        return builder.zext(builder.load(_place(builder, _NUMBER, *arguments)), _WORD)

    return types.int64(types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def place_at(_context: object, _address: object, _position: object) -> object:
    """An int64 by its place."""

    def generate(_context: object, builder: Any, _signature: object, arguments: Any) -> object:
        return builder.load(_place(builder, _WORD, *arguments))

    return types.int64(types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def put_at(_context: object, _address: object, _position: object, _value: object) -> object:
    """Write an int64 at a place."""

    def generate(context: Any, builder: Any, _signature: object, arguments: Any) -> object:
        builder.store(arguments[2], _place(builder, _WORD, *arguments[:2]))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def prefetch(_context: object, _address: object) -> object:
    """Ask for the cache line of an address, which will be read soon; never faults."""

    def generate(context: Any, builder: Any, _signature: object, arguments: Any) -> object:
        byte = builder.inttoptr(arguments[0], _BYTE.as_pointer())
        name, void = "llvm.prefetch.p0i8", ir.VoidType()
        declared = _declared(builder, name, void, byte.type, _NUMBER, _NUMBER, _NUMBER)
        # read, keep in all cache levels, data
        builder.call(declared, [byte, _NUMBER(0), _NUMBER(3), _NUMBER(1)])
        return context.get_dummy_value()

    return types.void(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def any_near(
    _context: object,
    _signatures: object,
    _left: object,
    _right: object,
    _own_left: object,
    _own_right: object,
    _threshold: object,
) -> object:
    """Whether one of four signatures may be within the threshold; never wrongly no.

    The two halves of a signature are folded by OR: no more bits differ in the fold than in the
    code. Of random pairs at threshold 31 it lets through one in a million, for one count of bits.
    Written out as one instruction for four codes, because compilers do that for long loops only.
    """

    def generate(_context: object, builder: Any, _signature: object, arguments: Any) -> object:
        held, left, right, own_left, own_right, threshold = arguments
        four = ir.VectorType(_WORD, LANES)
        nothing = ir.Constant(four, ir.Undefined)
        first = ir.Constant(ir.VectorType(_NUMBER, LANES), [0] * LANES)

        def spread(value: Any) -> Any:
            one = builder.insert_element(nothing, value, _NUMBER(0))
            return builder.shuffle_vector(one, nothing, first)

        def differing(position: Any, own: Any) -> Any:
            place = builder.bitcast(_place(builder, _WORD, held, position), four.as_pointer())
            return builder.xor(builder.load(place, align=8), spread(own))

        fold = builder.or_(differing(left, own_left), differing(right, own_right))
        count = builder.call(_declared(builder, f"llvm.ctpop.v{LANES}i64", four, four), [fold])
        near = builder.icmp_signed("<=", count, spread(threshold))
        mask = builder.bitcast(near, ir.IntType(LANES))
        return builder.icmp_unsigned("!=", mask, ir.IntType(LANES)(0))

    places = (types.int64, types.int64, types.int64)
    return types.boolean(*places, types.uint64, types.uint64, types.int64), generate


def _place(builder: Any, kind: Any, address: Any, position: Any) -> Any:
    return builder.gep(builder.inttoptr(address, kind.as_pointer()), [position])


def _declared(builder: Any, name: str, result: object, *arguments: object) -> object:
    known = builder.module.globals.get(name)
    return known or ir.Function(builder.module, ir.FunctionType(result, arguments), name)
