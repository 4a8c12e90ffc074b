"""Layers (optional content): what an original hides stays hidden in the copy.

A PDF names its layers once, in the catalogue, with those that are off. When pages move to another PDF, this has to move
with them, or hidden layers show (ISO 32000-1, 8.11.4).
"""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, Object, Pdf


def carry_layers(source: Pdf, target: Pdf) -> None:
    """Adds the layers of `source`, on or off as there, to `target`. Carrying the same ones again changes nothing."""
    properties = source.Root.get("/OCProperties")
    if not isinstance(properties, Dictionary):
        return
    groups = [group for group in properties.get("/OCGs", Array()) if group.is_indirect]
    known, off = _ours(target)
    have = {group.objgen for group in known}
    hidden = _hidden(properties, groups)
    for group in groups:
        carried = target.copy_foreign(group)
        if carried.objgen in have:
            continue
        have.add(carried.objgen)
        known.append(carried)
        if group.objgen in hidden:
            off.append(carried)


def _ours(target: Pdf) -> tuple[Object, Object]:
    """The target's lists of all layers and of those that are off, made if there are none yet."""
    if "/OCProperties" not in target.Root:
        default = Dictionary(BaseState=Name.ON, OFF=Array())
        target.Root.OCProperties = target.make_indirect(Dictionary(OCGs=Array(), D=default))
    properties = target.Root.OCProperties
    return properties.OCGs, properties.D.OFF


def _hidden(properties: Dictionary, groups: list[Object]) -> set[tuple[int, int]]:
    default = properties.get("/D", Dictionary())
    off = {group.objgen for group in default.get("/OFF", Array())}
    if default.get("/BaseState") == Name.OFF:
        on = {group.objgen for group in default.get("/ON", Array())}
        off |= {group.objgen for group in groups} - on
    return off
