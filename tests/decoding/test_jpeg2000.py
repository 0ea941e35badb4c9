"""JPEG 2000 of more than 8 bits: truth is the picture before imagecodecs (OpenJPEG) encoded it."""

import base64

import numpy as np
import pdqhash
import pytest

from hashmatch.decoding.jpeg2000 import is_deep_in_colours
from hashmatch.hashing.items import hash_image
from tests.support.photos import bits_apart

_FILES = {
    "16-bit.jp2": (
        "AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAQAAAAEAAAw8HAAAA"
        "AAAPY29scgEAAAAAABAAAA3UanAyY/9P/1EALwAAAAAAQAAAAEAAAAAAAAAAAAAAAEAAAABAAAAAAAAAAAAA"
        "Aw8BAQ8BAQ8BAf9SAAwAAAABAQMEBAAB/1wADUCAiIiQiIiQiIiQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBF"
        "RyB2ZXJzaW9uIDIuNS40/5AACgAAAAANUwAB/5Pf+JPwI1Qp0NmZGcwTcv+Agj1lvtiaWSvoO2/ID5hdQFv/"
        "RhDyPVhogYT8BAU0jAjgIZPe/10Oqg3LsItwUyRyuKODGWkJQXl1fcZJ/3xG7KNGdggmTQXDIWmKC7yNdgsF"
        "tRSZ+xuOQSSVNCHE/kkWFieRwo7YvBY6rrsSpZ251DVb/3jESA/UWJ7oI2ehV0EI45ZX43UbRyPWGhCfjCHx"
        "DXCK/MCFx6tLx9uVp1tVOtPGf1gxjvm0APpLUM6p/A00StkLNrXqJPlI8WH2p2fCvOxsoHqNiaFERZSvne0r"
        "IJ/Uq2X+PXFzk5+KrgFo8lcci/9zzdtJrz1B/t5EEav5WdFbsbIr0mxXjV2icWu73/iUICyeLRMNSnvWq58m"
        "TnTfefyKCWknvtnHA/dwjMIXkHKe5Bn7zshKTnOLnehoVl7fJ2AGE6vmZU+TjjKnAM1QyiimeIVO98qAlnk1"
        "bMbW77PGv0iFZL01C7X8o3T9+GGQXs3/KWdkaOo36gHTAuoWhkALS9m2UfeHImHhE6XEBtXC2p06bcf+GJcf"
        "+GMUH/gxsC97OmApLlIKC5xOUiKIAaaUtF5Mb++JFTNiqQ+kFCTR0CSq5xMojPUv894YqcCaNaiUKn4rTJLe"
        "vmLmfpwOTXtf7AVhKRhu3kyjlSF03XL5RgTrfpfeaBy91EXXYFlnYRt1amcFptEQhdZqqRJ/PXI64VfRD9Cz"
        "YiOr5oh+qe7+LjpFBKULu6o5N66gZ+6N0nKu2zjYOIeEoPP96IIqruIz7hD9jAApwIIPYB/RMYQePCM04ScF"
        "eeW2HdSkcqxq7RML27GOwhW+d21sj0aYIljDDHT+X39/j9i6aUxWiFDZi8p/w/8DKsf+GNEH/gx8GuO64Wzo"
        "+RtrUirD/LDlAiHwzMWzbJAkLl7uXVVzAQjUye2vmQjLUig5F6lfoeLgTutllGFuI9voTkQ7bKjEw1ZJMCNb"
        "SgWA0sQm5RuF/bfOD+OQbSJeIYwZRFqQCI//bLgrPUt2Lh2zNEPxwknt8q9UbZLDPRTWcyztB3ttXEk1VpZJ"
        "TYimSJUYHaXj4B6KhIACjNvgrmB92nxrakFw7tXYk7+MmalStJY70yl5s7l94hGFtXiJtvUL795/HTknsouU"
        "MhEKPCLhriycNUgKh4rfALyOM/PRstzE4PYNtxpsNLbrZNfU5Vc7O+jWxjIFiBLf93kxRE86a9HH/hi3H/hi"
        "/B/4MfAwJyZJd0efhscnlfjKQHB1WQnTUphAOVESriQLaNP+KQOC+anc5cYSlrtzdtRM/VTDYsamufgD9G8P"
        "M8QfKPh3jWvZFUQrgJtGIBn3UmoBD3BhUq5fvp0bYL3zMaeMVECG0VTP9270p5jhH5Ckut/c9q/2ZXWs1hP0"
        "TYyqbpbyFem/zNchX4b9eDT1B597HhIMUWF0DgFA9zwpToMpzB79UCoJ1Q+Q79ORin7djNhH+VzZgBM0CvDH"
        "dd8w2Bmzdkk8OshkBp7SLhgemdzKFsljM6dAxQ0UrLj/Fec9vJq18WMjuWpIdJydw/3UWBNFtKBE1/OgdEvp"
        "18f+GQkf+GWEH/gyMCfS7H1DOJSIMTfwc/Gr2VTGLCHlFZZQ3ZYmW5AB7bCQGnsBGgU/d4hxYCZcRXm7OGah"
        "RLYQiBNbHUKsOm5/VCOqYxAwhQeh3V54omYGY7MFNR/id+3fOBgAStpNlj4Iz6rP0R5IypUqDnypfiLEt9QE"
        "vSwBa06bL1SO9CN/1jlJXteXnypz/j1W/3EstHcW0Uh5m2zhJZckDbgkwF/dI+GhjaNnz8iz+EJhfkBvQDJS"
        "d0r3wF2Y6nigrZJBZOacNaK4dV32mQ17anZ6cGcweaXt5nWoKjHhtJlmueu44EeBZrBAzTlTUGhiBDcUSfwh"
        "epHdvnDyoDkMAoAACA9srIHPgtKJKJR+KZLsxbT2vV/75R6BPFAAAQH7ISf0NI5OJbfjSYE4Tyf6NjNk5nYC"
        "8GAAACUfJggMY6i5DrF9jdeoNZJgvju1jmo7U0v9TF1Bh/e80Epio9hFKqP6XZTR8RyHySWiPYh6l1JEa/g8"
        "xzxw7ppYWgETqSBu+Mf+GUcf+GXUP/DEsCiCyCdhxQUAdaIY8KNNvuj2VMvs8XC6DXvAE5+Qt/RoysAnxPIc"
        "HDGpV0Yxaf9WxfPWklgt/HfKVBM1mn559RHB74WgeuTEjaPxCu8s9rCXmMAMmu2mbNpw2Tx3yedyB/PzHAMA"
        "Wt185RMGj0aY7YOo54nfe5rr5wf0XlyALzOOTZAsXl5lAiZ7/0tUQXQ1R+/WuvnJt/9j5Fgd21HNCuc6+b8r"
        "IAA9SVvmFRS8/Qw3wnmgIzIYqjLyPAjQ12CAbKqE+BsKI+cV3Ad2sh4K42BQbY9V6OQlq4TzdXX4uaMvuKX0"
        "vO6xwAAAQGoqokrA7R00775SidaidEAAAwj6zjSdxPKJSYzXIAAAFXYZ5bvti28L0hsAkAAAwj8RWQD6JjB9"
        "hdeFgqN8Mk81AOfBcb/wkJQAAAGEg0lL7Xo9yPpzlJgAAAgPm03oV258OSulaAC87fdR4epf52T9qG8laHSV"
        "3R4YUvYk4pOs32c9BiW2TptUzCmv5PHg0b1GIBN2AY2BiuaBx9lh5zE/dQBqsnKsTyySbYRTPjSWVrCuthhu"
        "NuNvkcydFH/H/hk5H/hlvB/4MkBSURZl0TnTDzRxjNrymV8LOv9XWnvWA6yz3QN5eT2oTvwQgBaxyUua8IID"
        "xo/gZEXAwr1XIU09SGtNazLDJL/HLv0bC/6kvyYiHdmjLQfmRp+GZe7Whu/EcdDaBkSPLzz8H/pGsrrbZwqv"
        "8lK19B3eSVGjYRakv/4zzy5KMgP1rr5wjcbC5W6qlHq8QdWZT+fAyE++CNKw1zfN/38/ntl2ON8WI970WnCv"
        "RgH8vHgYhsfIYKIu8oZJ9Zj1ieGSer5WeG3IRP8RDRRvpQinNNsICLSTKI7QaiHQhfyG5vt6WIM+PBcMPnmh"
        "OJZZBF5sRZSm/p1ZnLaE64Ze4wLj4XBm5hZEyTL1/32uIOimOrEZjgAAAYSB4Sxy1I1pbesZjxtWQAAAq9eH"
        "L7MmaX5kysgYUgAAGEhEqByY7iK8gFsaFAAAQHJlOJACjPMWX1FrE8AABV9Ob4+wnKrii3P5jvyp5SvCeihh"
        "Oi085LeeHBQXs9F+kh65ai8bInTmvY8ieiIdULqYLaneG41LCDsEpEI/R9bNqh20mZ2S/3/H/hjlH/hk1B/4"
        "MPiV2p271U98CLZp6kXt9rIQod06yCDI4g3k8aw1BzdBCipu/jWvBPcDba+rIpRKsPmITZpPUwiR36SWgjMw"
        "9sXAFS/Mh0T1e5Lh0AEqtazi5QDmbplINBCtTJedH8Bc3b/ksrKG5z8OiAdAjFUqQFBYqoxIpKTqJqLvMMhR"
        "0sycFqEtBUv/JWtxsEfQ7PlWiGiKjK3uPyg7nnPkYZPj+VXcSJBOB8/lUqQ8OL5QBHuuugWP02/IhrRFtuNc"
        "QfkW37NmgFSG9ELkf2WosjDAgqQTOafGtQw69RbCnBUFaoxUUdtEtnGP7wijGtPA3gv+eUee6wyfH/HMHCcC"
        "uVoW3yVogBo2gR79P505yv9/QuGacg+7ZbOhCkUaCoSEmgwHBQ058WD4tG9WrMQAr8f+GRUf+GTcH/gxGJYG"
        "LxrypjtfZeXF4XhccCpOA7+ztwIxXVecJrNGGhA9zqPftHeIAaEApQCxR4qW67WaXUwtgpFXRuElqHP4SkM3"
        "gGJF+sVUJvZ5VAK3J0VXkQIB1SRmuami1wjBgX4KrxYUawwIdAMoXy3CyaU+mh0u6H1RueUSpQUaGBNsoEJv"
        "FAeE7ayVLjIkr0foNPepHkyTpqWQOnxVdV+Xm4/iSYZV0jdyUEGhRfyi0SfhzJpnnkokYrmrzUxVG6etnO6H"
        "bSYr4RiPhrXLiOBgzG/ujopTLbLUFTLiVYK0AYMlaH+PV/jBEEZUBw0KlpWBINvgBF6swab8S8BuWetABsI5"
        "f4ct0bHqBZBrTrxOorl7UT/+vB9pBuVA9Bvv8v6eGKXDkIY/REmfQ6inX/T6WnBnJ0axu/ugt8o25ezkQXX9"
        "cFbVShH+JhcT8X/H/hkZH/hkhB/4MQCl0q6V9u3zXT6I8cKH7MHcj+W2j7292/9FBoLg2Q5aVvCdyJ2KAde0"
        "TuQMNL6RWdhfKKKSLpPpkztUdERjpiwaN+RydER7ubIGVJTmDPVDGCJ0TK00MMwjRATNkpGGXOA43dZIBLCy"
        "HIQCKgcUXK1GPO9BPYO9kB5S/r+BLc99scVmZ6Bg31FSG6pHf4QlSOhBGJMj0VT7ZfvZUSOuO+JkTcvM86JT"
        "72htWlBf2CeqF+FpWju6tsBPSkCQFRy4JWw55kn/HJVRe12LgAV0RP7/WdS0AL4PMvvqm9Y8ESldXg2DzgBO"
        "BMiy/JhEmsZohgNIKjzwte6ADKrFIqx32U4WAXuwqN/XGIFYr33mBuH9A9x9wdJLlecA9FBH54QlPe/9uK/i"
        "p8rCYCK3PuNRJV/K9nL6SwcDUCwiidyf/9k="
    ),
    "12-bit.j2k": (
        "/0//UQAvAAAAAABAAAAAQAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAAAAADCwEBCwEBCwEB/1IADAAAAAEBAwQE"
        "AAH/XAANQGBoaHBoaHBoaHD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAA"
        "AAnBAAH/k9/heCNUKdDZmRnME3L/gII9Zb7Ymlkr6DtvyA+YXUBb/0YQ8j1YaIGE/AQFNIwI4CGT3v9dDqoN"
        "y7CLcFMkcrijgxlpCUF5cYGlhpyalGbKteqCoLpx7k9WIY8NToTIx9//eAMwD9RYnugjZ6FXQQjjllfjdRtH"
        "I9YaEJ+MIfENcIr8wIXHq0vH25WnW1U608Z/WDGO+qGlIQwmg/BB/yMYzCnHRh2arTMOKi/vPYajghFbV/XG"
        "MiWhcniEXvva+jEs45tTNvqrBfF/3+GMLJ4tEw1Ke9arnyZOdN95/IoJaSgf2htFsgnOgfBnf8kxX6JbHitc"
        "+slnJTZc3ACm/zZU/1rPvoCbgdghyd6jEPN+cuU3BsXr/PxZML7iEHVUDbzG19UfZHPE65MkJViRh9g/x/Jp"
        "H8pEH7EoL3s6YCkuUgoLnE5SIogBppS0Xkx115drSOIECNkFv5bEar90bXyEgNdJdynNactduAWEryF03XL5"
        "RgTrfpfeaBy91EXXYFlnYRt1amcFptEQhdZqqRJ/PXI64VfRD9CzYiOr5oh+qe731E1FTKiMsOdsn+3W/p6n"
        "bweIfzGEHjwjNOEnBXnlth3UpHKsau0TC9uwLHzEnJe7aWwUFOd2RsfD9j6P5S4P2Lga47rhbOj5G2tSKsP8"
        "sOUCIfDMxbNskCQuXu5dVXMBCNTJ7a+ZCdq/tAaAZV+lyF4IXpHAPc8JTHZrSn+sByJeIYwZRFqQCI//bLgr"
        "PUt2Lh2zNEPxwknt8q9UbZLDPRTWcyztB3ttXEk1VpZJTZFAnTMmB2l4579y7sASmnH5RJt+P3ZDqInjLx05"
        "J7KLlDIRCjwi4YWz6aTuO5gII77xZsdjVj+8RoqZZuKhNfqtOBq0disnVTnH8oMfyhwfsWgwJyZJd0efhscn"
        "lfjKQHB1WQnTUphAOVESriQLaNP+KQOC+anc5cYSlwx5xtMj9mC+Af8wM7I8xP8rPQk5hH813zGnjFRAhtFU"
        "z/du9JiI4hH+p7Witdzsd2DfbqL5qm5Zzqa5HSzLL58m+AzIb+n4XqDknjh0ResSUQ7bp6zL4HjzlS0w2Bmz"
        "dkk8OshkBp7SLhgemdzKFsljM6c/bM6ATsjUXLaTGOYb0nC0elFU8WnH8q8fy9wfsaAn0ux9QziUiDE38HPx"
        "q9lUxiwh5RWWUN2WJluQAe2wkBp7ARoFP42PlYCZcRXm7OGUswvYkxKtLBofktf+hMIm0gwcgVTdm9PIIOgR"
        "yLLSez4eoYfPJ18qc/49Vv9xLLR3FtFIeZts4SWXJA24JMBf3SPhoY2jZ8/Is/hCYX5Ab0AyUndK98BdmOp4"
        "oK2SQWTmn6o46EF+h7TIa9tM5zfaH5HVuj6cMgpDzI+sOIFAjCAQ4MrkP0fet2Yqy4zebliV0eV9/lW1uPHE"
        "gFgwSAAAFX8mCAxjqLkOsX2N16g1kjjevviiQV1NsgDcq9On2f8yNBwkWA4RCtBiiVOUYDAND/k8gt+Px/Lf"
        "H80TD+TgKILIJ2HFBQB1ohjwo02+6PZUy+zxcLoNe8ATn5C39GjKwCfE8hwcMalXRjFp/1bF89aSWC38d8pU"
        "EzWafnn1EcHYn7vTLuiIMTztc5x1z009H0JHl5QhRMiGEXHSr3lja8vPxAJAVydiMhypxBnfKyAAPUlb5hUU"
        "vP0MN8J5oCMyGKoy8jwI0NdggGyqhPgbCiPnFdwHdrIeCuNgUG2PVejkJauE83V1+LmjL7il9LzVoQQAAAQG"
        "oqokrA7WpZ33ync6mQ2AAACUcvHCYWpQCbCADfqgAAAp6Zp+3FdqK6FBU9ykAAAwjmoipgd8ys0M/CroUQAA"
        "AFMlaHSV3R4YUvYk4pOs32c9BiW2TptUzCmv5PHg0b1GIBN2AY2BiuaBw3C2+5O2bXUsEzt0BjGtZcfy3x/N"
        "AQfsdFJRFmXROdMPNHGM2vKZXws6/1dae9YDrLPdA3l5PahO/BCAFrHJS5rwggPGj+BkRcDCvVchTT1Ia01r"
        "MsMkv8cu/RsL/qS/JiId2aMtB/EBtd6u4yZYfXQPyY5zSYS86BGUZKOK5MsYUKClBs3sXz+e2XY43xYj3vRa"
        "cK9GAfy8eBiGx8hgoi7yhkn1mPWJ4ZJ6vlZ4bchE/xENFG+lCKc02wgItJMojtBqIdCF/Ibm+3pYgz3FuGwl"
        "BlYlG/p2EvNiXmTSCGjfWbhptXHKp/0TEYcCRSMg64s+ENA2QxtcxfMWU2q29MIlO9erQcQfTm+PsJyq4otz"
        "+Y78qeUrwnooYTotPOS3nhwUF7PRfpIeuWoruto1fBuPAewOaw3Yxu3MGqdudVf/f8fyox/LbB+wyJXanbvV"
        "T3wItmnqRe32shCh3TrIIMjiDeTxrDUHN0EKKm7+Na8E9wNtr6silEqw+YhNmlHVGons9FIjb9tsXYct0Gnr"
        "rCdsf8d6ooIAoCQAf0ikpOomou8wyFHSzJwWoS0FS/8la3GwR9Ds+VaIaIqMre4/KDuec+Rhk+P5VdxIkE4H"
        "z+VSpDw4vlAEe666BY/Tb8iGtEW241xB+Rbfs1/QhxKGcjjkf2WoMyBkhyrwGGS8P+yX4Tghz8tIlr9C4Zpy"
        "D7tls6EKRRoKhISaDAcFDTnrzTx/x/LPH8ukH7DglgYvGvKmO19l5cXheFxwKk4Dv7O3AjFdV5wms0YaED3O"
        "o9+0d4gBoQClALFHipbrrcRBud5sFIq6Nwi2UWvAKshm8AxIvyryuP4ua2wQl5o4dHMQByW8/Ga/8syVs0bB"
        "hAD7j1m6GUfoNPepHkyTpqWQOnxVdV+Xm4/iSYZV0jdyUEGhRfyi0SfhzJpnnkokYrmrzUxVG6etnO6HbSYr"
        "4RiPhrXLiOBgzG/ujopTLbLUFTLiVYKigPslSh/j1f4wQ/rJOeSKxaQiKghDGAflD9X76ILxiw2SEhp/Q6in"
        "X/T6WnBnJ0axu/ugt8o25ezkQXX9cDgCCcfy3x/LbB+w+KXSrpX27fNdPojxwofswdyP5baPvb3b/0UGguDZ"
        "DlpW8J3InYoB17RO5Aw0vpFZ2F8oopIuk+mTO1R0RGOmLBo35HJ0RHu5sgZUlOYM9dTZ8Aht/x5ttxlS18Po"
        "sYsBHzHcz1+tZHoh2HosYsBHf4QlSOhBGJMj0VT7ZfvZUSOuO+JkTcvM86JT72htWlBf2CeqF+FpWju6tsBP"
        "SkCQFRy4JWvWnT9aB7KqL2uxcACyE6rvap1LQNFmTEvL9N62HKDgOlHoOb0wsQaeMlh/npU8o7DSbagyT9iB"
        "qR2EJT3v/biv4qfKwmAitz7jUSVfyvZy+ksY6/cf1B5//9k="
    ),
    "10-bit.jp2": (
        "AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAQAAAAEAAAwkHAAAA"
        "AAAPY29scgEAAAAAABAAAAhcanAyY/9P/1EALwAAAAAAQAAAAEAAAAAAAAAAAAAAAEAAAABAAAAAAAAAAAAA"
        "AwkBAQkBAQkBAf9SAAwAAAABAQMEBAAB/1wADUBQWFhgWFhgWFhg/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBF"
        "RyB2ZXJzaW9uIDIuNS40/5AACgAAAAAH2wAB/5PfsmgjVCnQ2ZkZzBNy/4CCPWW+2JpZK+g7b8gPmF1AW/9G"
        "EPI9Xq7eOGjEhDmux/RUdS79Z7zUqvRtskg/O5EABZ581ZzuWIrlCy+io9O9v/9KsA/UWJ7oI2ehV0EI45ZX"
        "43UbRyPWGhCfjCHxDXCK+3wZm7pXj7UvJoLXU36hgIjAxwHPjumJ5JWfhdMb6USwJq19rWyOxMKkFnzS2hHP"
        "kdoHLbtR6oYf37KQLJ4tEw1Ke9arnyZOdN95/IoJaSgf2h7C3dEQY5VGmlIcJfXyuc9L5eDs6C5Nktj9UzG0"
        "btrC4cxB9CINXswh70kcuv9QZROVs6XjEXFs9ZUIP8fmTR+ZzB+A2C97OmApLlH1jZ3aJ4HG6GCueOsKZTfn"
        "7yjNsokv1CnLmMFhe8S3IXTdcvlGBOt+l95oHL3URddgWWdhG3VqZwWm0RCEjNtnrp1xlieW1sE2GFlBfMod"
        "uSlzD7RrwMYbMYQePCM04ScFeeW2Hd8ma+QDfJuV1ggh+38Pw/Axj8zyD8CQGuO64Wzo+RtrUirD/LDlAiHw"
        "zMWzbJAkLnj5N5DEoRl6Xii/deMV/fOoLy2QxfEvvyJeIYwZRFqQCI//bLgrPUt2Lh2zNEPxwkmLA9WqPQL2"
        "7VJLcqcvghiiW1sZ5Q/+/RkDaq+4CdgQpyJgXx05J7KLl3XpKN1yXYi8SuI4EMqiJ/dfw5hy+MoweBrHrKkZ"
        "y8fmaR+ZrB+BGDAnJkl3R5+GxyeV+MpAcHVZCdNSmEA5URKuJA1KRt0tHBeFICKMyiUSWA0G5yZwFkCyiZ8x"
        "p4xUQIbRVM/3bvSnmNv5eq/MhyRxcNbeID4TeUl51apzAWMhGs9AvaZc+fsZEZatRG/TTjDYGbN2STw6yGOt"
        "BfUMhL/gWSoBEipC1hJB6f8p/3Abo7pdx+aFH5sMH4FQJ9LsfUM4lIgxN/Bz8avZVMYsIeTtagi1rSCuL/OB"
        "TKRL2qpfVqLBqv7yd+bGG+F4pGHKukbT8KwYICTkEsiFbsS/KnP+PVb/cSy0dxbRSHmbbOEllyQNuCTAX90j"
        "4aGNo2fPyLMM2gIJ04vQMlJ3Sve/Ifi6OgSqB5XMmn6o+RYS7uZbSbH3lZxrRKm/X/7QwepvpmWk9sNPp6m7"
        "EC9HCq1YDSYIDGOouQ6xfY3XqDWSON6++KJBXU2yANy5TRsoRhARPokT/pRolwfps8fmsR+bTD8y8CiCyCdh"
        "xQUAdaIY8KNNvuj2VMvs8XC6DRXAhOfeeeFkWGknRAJOqeLmykewiUdCfaNFtZJljOMxxfJxUEiWHUX6WWie"
        "OWax5NCeGAm4a256kDW6laPQ2H8rIAA9SVvmFRS8/Qw3wnmgIzIeM3XkeBGhVTfgOZDuoGwoj5xXcB3ayHgs"
        "HQMsyF/DA0gBpEkbRC7sSsy6vUqLhepcEAAAFOmTUcea+8nVechJRDY5AAABAgHGcqyaesqLskv2gQAAAKsl"
        "aHSV3RtlSfHrAAxDpvl56E7ond9XjRvDDn61yY58A0tMA/Dh+MOK51LHpsiIn8fmqR+bHB+BYFJRFmXROdMP"
        "NHGM2vKZXws6/1dae9YDrLPdA3l5PahO/BCAFrHJS5rvJdwId3wMiVnmp61XIUxaSX+W3LohFQ1evL7JZ3KO"
        "Am0AuVhrt7wwnxztoz+e2XY43xYj3vRacK9GAfy8eBiGx8hgoi7yhkn1mPWJ4ZAPsEeG3IQqisYy2HEk8/QW"
        "EBFpJI4YA8Upy9ZyG+lcIJhK4ZPeuhFK7+Rwrcg5dFY9IEjkAVEuvnBH0NJDVUAAoU5vj6/zFyIpgIZTMWpV"
        "ucKqE7IYzb7UdUWMxOpjmWaU/W9NpujeIW3xh0n7x+Z3H5rEH4Cwldqdu9VPfAi2aepF7fayEKHdM2RMDJqt"
        "ylAU9SCacaQ38ttG2xwifwnH+wnvFxhRsw39NXykYwU7U99IpKTqJqLvMMhR0sycFqEtBUv/JWtxsEfQ7PlW"
        "iGiKjK3uPyL+mf8fIwyfH8aeJ8FAQxEfvakPEjyAAJ2itedvl6/kZ1wYHk3FJyDWM14f+JJMWAfLwOUXQuGa"
        "cg+7ZbOhCkUaCoSEnA7M5Q11Hsfmsx+bDB+AyJYGLxrypjtfZeXF4XhccCpOA7+ztwIxXVecJrNGGhA9zqPf"
        "tHeIAaEApQCxR4qW462/yDc7zYKRV0a8q6IVvAKshm8AxK2bqkeDBhoiBk1xhdrdLiYF7C/DR+g096keTJOm"
        "pZA6fFV1X5ebj+JJhlXSN3JQQaFF/KLRJ+HMmmeeSiRiuavNTFUbp62c7odtJivhGI+GtcuI4GMP6ByopTLb"
        "LUEuWEULDDQF2SpQ/w9YKLIV0CkxZcK8c0Oop1/0+lpwZydGsbv7oLfKNuXZ7wSGvzrH5qcfmuwfgNil0q6V"
        "9u3zXT6I8cKH7MHcj+W2j7292/9FBoLg2Q5aVvCdyJ2KAde0TuQMNL6RWdhfKKKSLpPpkztUdERjpiwaN+Ry"
        "dER7ubIGVJTmDPCRkFskVYQlSOhBGJMj0VT7ZfvZUSOuO+JkTcvM86JT72htWlBf2CeqF+FpWju6tsBPSkCQ"
        "FRy4JWvWnT9aB7KqL2uxcACyE6rvap1LQNFmTEvL9N62HKDSrrabJWZtAW6U9oQlPe/9uK/ip8rCYCK3PuNR"
        "JV/K9nL5PZXQFf/Z"
    ),
}


def shown() -> np.ndarray:
    """Steps of colours, and a white field in them."""
    y, x = np.mgrid[0:64, 0:64]
    steps = [x // 16 * 60 + y // 16 * 20, y // 16 * 70, 255 - x // 16 * 50]
    pixels = np.dstack(steps).clip(0, 255).astype(np.uint8)
    pixels[8:30, 20:50] = 255
    return pixels


@pytest.mark.parametrize("name", _FILES)
def test_white_stays_white_in_deep_colours(name: str) -> None:
    data = base64.b64decode(_FILES[name])
    assert is_deep_in_colours(data)
    found = hash_image(data)
    vector, _ = pdqhash.compute(shown())
    assert bits_apart(found.hash.value, np.packbits(vector).tobytes()) <= 8
    assert (found.width, found.height, found.flags) == (64, 64, ("deep",))


def test_a_header_that_is_cut_is_of_no_kind() -> None:
    data = base64.b64decode(_FILES["12-bit.j2k"])
    assert not any(is_deep_in_colours(data[:size]) for size in range(42))
