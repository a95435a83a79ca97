"""Which papers of a day are for one person, and why: papers and interests in, picks out.

    from newsletter.interests import DayIndex, Interests, LikedPaper, compile_profile, pick_papers

    day = DayIndex(papers)  # once a day, for all readers
    profile = compile_profile(Interests(liked=[LikedPaper(title, abstract)], words=["codec"]))
    for pick in pick_papers(day, profile):
        print(f"{pick.score:.3f} {pick.paper.title}: {pick.reasons[0]}")

None of these knows a database, the network or the time. `interest_store.py` keeps what people
name, `files/` reads their reading lists. `docs/personal.md` says how it all works.
"""

from newsletter.interests.authors import FollowedAuthor, not_this_one
from newsletter.interests.day_index import DayIndex
from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.interests.picks import Pick, pick_papers
from newsletter.interests.profile import Interests, LikedPaper, Profile, compile_profile

__all__ = [
    "DayIndex",
    "FollowedAuthor",
    "Interests",
    "LikedPaper",
    "Pick",
    "PickReason",
    "Profile",
    "ReasonType",
    "compile_profile",
    "not_this_one",
    "pick_papers",
]
