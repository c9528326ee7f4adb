"""The words that made-up people, firms and conversations are put together from."""

FIRST = """Ada Amir Anna Aria Ben Carla Chidi Clara Dario Diego Elena Emil Fatima Finn Greta Hana Hugo Ines Ivan Jana
Jonas Kai Kira Lara Leo Lina Luis Maja Marco Mei Mila Nadia Nils Nora Omar Oskar Paula Petra Priya Rafael Rosa Ruth
Sara Sven Tariq Theo Uma Viktor Wanda Yara Yuki Zoe""".split()  # noqa: SIM905 - so many words are read as text
LAST = """Abbott Adeyemi Andersson Bauer Bianchi Brown Castro Chen Costa Dubois Eriksen Fischer Garcia Gruber Haddad
Hansen Hoffmann Ibrahim Ivanova Jensen Kaya Keller Kim Kowalski Larsen Lopez Marino Martin Meyer Mori Moreau Novak
Okoye Olsen Patel Pereira Petrov Quinn Rossi Santos Sato Schmidt Silva Singh Suzuki Tanaka Virtanen Wagner Weber
Wong Yilmaz Zhang""".split()  # noqa: SIM905 - so many words are read as text
PLACES = "Alder Birch Bridge Cedar Coast Dune Elm Ferry Garden Grove Harbour Hazel Hill Lake Maple Mill Oak".split()  # noqa: SIM905 - so many words are read as text
TRADES = (
    "Realty",
    "Homes",
    "Legal",
    "Consulting",
    "Foods",
    "Studio",
    "Logistics",
    "Systems",
    "Dental",
    "Energy",
)
CITIES = ("Bergen", "Chicago", "Dublin", "Hamburg", "Lisbon", "Lyon", "Porto", "Seattle", "Turin", "Zurich")
TITLES = ("Owner", "Buyer", "Office manager", "Director", "Partner", "Engineer", "Accountant", "")
#: Source and how often it is the one; the last ones have grown out of use.
SOURCES = {
    "Website": 34,
    "Referral": 26,
    "Phone call": 12,
    "Email": 9,
    "Advertisement": 11,
    "Event": 5,
    "": 3,
}
TAGS = {
    "VIP": "purple",
    "Investor": "blue",
    "First home": "green",
    "Newsletter": "gray",
    "Moving soon": "orange",
}
TIME_FRAMES = ("now", "3_months", "3_months", "6_months", "12_months", "later", "")
STREETS = ("Quay", "Street", "Lane", "Road", "Square", "Terrace")
HOMES = ("Loft", "House", "Flat", "Studio", "Cottage", "Office", "Shop", "Villa")
TASKS = {
    "call": ("Call back", "Ask how the viewing went", "Introduce ourselves"),
    "email": ("Send the offer", "Send the brochure", "Ask for papers"),
    "meeting": ("Book a viewing", "Meet at the office", "Hand over the keys"),
    "todo": ("Prepare the contract", "Check the land register", "Say thank you"),
    "followup": ("Follow up", "Ask whether anything is missing"),
}
NOTES = (
    "Prefers to be called after five.",
    "Is looking for something quiet, close to a school.",
    "The bank has agreed to the financing in principle.",
    "Knows the seller from university.",
    "Wants a second viewing with their partner.",
    "Would move in the spring at the earliest.",
    "Compared us with two other firms; price matters less than speed.",
)
CALLS = (
    "Talked through the next steps.",
    "Asked for a better price; said we would think about it.",
    "Very interested, sends the papers this week.",
    "Not the right time, call again in a month.",
    "Confirmed the appointment.",
    "",
)
EMAILS = (
    "Sent the offer.",
    "Sent three listings that fit.",
    "Answered their questions about the costs.",
    "Sent directions.",
)
TEXTS = ("On my way.", "See you at ten.", "The papers are in your mail.")
MEETINGS = ("Viewed the place; they liked the light.", "Signed the papers.", "First meeting at our office.")
