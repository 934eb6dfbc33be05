"""What is stored of boss battles."""

from .battles import Battle
from .ledger import BattleDamage, BattleMember, BattleState
from .objectives import BattleObjective

__all__ = [
    "Battle",
    "BattleDamage",
    "BattleMember",
    "BattleObjective",
    "BattleState",
]
