"""A game for the terminal, without annotations."""

import os
import random

try:
    import msvcrt
except ImportError:
    msvcrt = None

ROOMS = {
    "hall": {"name": "Hall", "exits": {"north": "attic"}, "items": ["lamp"], "dark": False},
    "attic": {"name": "Attic", "exits": {"south": "hall"}, "items": [], "dark": True},
}


class DescribedMixin:
    def describe(self):
        return f"{self.name}: {', '.join(self.items) or 'nothing'}"


class Player(DescribedMixin):
    count = 0

    def __init__(self, name):
        self.name = name
        self.items = []
        self.target = None
        Player.count += 1

    def aim(self, other):
        self.target = other

    def hit(self):
        if self.target is not None:
            self.target.items.append("wound")


def clear():
    os.system("cls" if os.name == "nt" else "clear")


def roll(sides=6):
    roll.times += 1
    return random.randint(1, sides)


roll.times = 0


def key():
    if msvcrt:
        return msvcrt.getwch()
    return input()[:1]


def play(commands):
    room = ROOMS["hall"]
    player = Player("Ada")
    for command in commands:
        words = command
        words = words.split()
        if words[0] == "take" and words[1] in room["items"]:
            room["items"].remove(words[1])
            player.items.append(words[1])
        elif words[0] in room["exits"]:
            room = ROOMS[room["exits"][words[0]]]
    return player.describe(), roll()
