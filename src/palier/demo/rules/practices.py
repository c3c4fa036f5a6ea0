"""Practices that members of the invented network tell. Everything here is invented: organisations, figures, effects."""

from dataclasses import dataclass
from decimal import Decimal

from palier.practices.rules.sheets import Measure, Served, Sheet

NAMED, UNNAMED = True, False
"""Whether the author chose to be named."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A practice, the sector of the member that tells it, how long ago (days), and what other members say of it."""

    sector: str
    days: int
    sheet: Sheet
    comments: tuple[str, ...] = ()
    adopters: int = 0


def _serves(*steps: tuple[str, int, int]) -> tuple[Served, ...]:
    return tuple(Served("SX", code.partition(".")[0], code, low, high) for code, low, high in steps)


TELLINGS = (
    Telling(
        "passenger_transport", 9,
        Sheet(
            "Rappeler chaque appel manqué dans l’heure",
            "Le centre d’appels ne compte plus les appels décrochés mais les demandes résolues. Chaque appel manqué entre dans une "
            "file de rappel, servie par la même équipe que les appels entrants. Un message annonce l’heure du rappel et propose "
            "d’en choisir une autre.",
            "Réseau urbain, 14 conseillers, deux sites.", NAMED, _serves(("SX3.2.2", 2, 4), ("SXR.1.1", 2, 3)),
            "Les réclamations sur l’attente ont presque disparu et les conseillers disent travailler plus calmement.",
            Measure("Demandes résolues au premier contact", "%", Decimal(61), Decimal(78)), 6, 2,
            "Sans créneau réservé au rappel, la file grossit le lundi matin et la promesse ne tient pas.",
            ("Mesurer pendant deux semaines les appels manqués par heure", "Réserver un conseiller sur cinq au rappel",
             "Annoncer l’heure du rappel dans le message d’attente", "Suivre la part des rappels tenus dans l’heure"),
        ),
        ("Avez-vous gardé le même effectif ? Nous hésitons à cause des pointes du soir.",
         "Nous l’avons essayé sur une ligne : le message qui annonce l’heure a changé le ton des appels."),
    ),
    Telling(
        "social_protection", 16,
        Sheet(
            "Un quart d’heure d’irritants, chaque mardi",
            "Chaque service tient quinze minutes, debout, autour d’un tableau : un irritant entendu dans la semaine, qui le lève, "
            "pour quand. Ce qui dépasse le service monte le jour même au comité de direction, qui répond sous sept jours.",
            "Douze agences, cadres et agents d’accueil.", NAMED, _serves(("SX2.2.4", 1, 3), ("SX4.1.1", 2, 3)),
            "Un irritant sur deux est levé dans le mois, et chacun voit ce que sont devenues ses remarques.",
            Measure("Irritants levés dans le mois", "%", Decimal(18), Decimal(54)), 5, 1,
            "Quinze minutes, pas vingt : au-delà, les équipes du matin ne viennent plus.",
            ("Choisir trois services volontaires", "Afficher le tableau là où l’équipe passe", "Fixer le délai de réponse de la direction",
             "Rendre compte chaque mois du nombre d’irritants levés"),
        ),
        ("La réponse de la direction sous sept jours est la clé, chez nous c’est là que cela coinçait.",),
    ),
    Telling(
        "distance_selling", 23,
        Sheet(
            "Trente euros pour réparer sans demander",
            "Tout conseiller peut offrir un geste de trente euros au plus, sans accord, quand le tort est de notre côté. Il note "
            "en une ligne ce qui s’est passé. Les gestes sont relus une fois par mois en équipe, pour comprendre et non pour contrôler.",
            "", UNNAMED, _serves(("SX1.2.3", 2, 4), ("SX3.2.5", 2, 4)),
            "Les réclamations closes au premier échange ont augmenté ; le coût total est resté sous celui des dossiers d’avant.",
            Measure("Délai moyen de réparation", "jours", Decimal("11.5"), Decimal("2.5")), 8, 2,
            "Le montant doit être le même pour tous : un plafond par grade ramène la demande d’accord.",
            ("Fixer un montant unique", "Écrire dix situations types avec les conseillers", "Relire les gestes en équipe chaque mois"),
        ),
        ("Comment avez-vous convaincu le contrôle interne ?",
         "Chez nous le plafond est de vingt euros, et il suffit dans neuf cas sur dix."),
    ),
    Telling(
        "local_authority", 31,
        Sheet(
            "Le dossier qui s’ouvre une seule fois",
            "L’usager donne ses pièces une fois, au guichet, en ligne ou par téléphone. Les agents des trois canaux voient le même "
            "dossier et ce qui manque. Une pièce déjà fournie à un autre service n’est plus redemandée.",
            "Guichet unique d’une ville, quatre services.", NAMED, _serves(("SX4.1.2", 1, 3), ("SX4.1.1", 2, 4)),
            "Les passages en double au guichet ont baissé d’un tiers.",
            Measure("Visites par dossier", "visites", Decimal("2.6"), Decimal("1.7")), 12, 4,
            "Commencer par la démarche la plus fréquente ; tout reprendre à la fois nous aurait arrêtés.",
            ("Compter les pièces redemandées pour une démarche", "Ouvrir le dossier aux trois canaux", "Supprimer les pièces en double",
             "Étendre démarche après démarche"),
        ),
    ),
    Telling(
        "retail", 38,
        Sheet(
            "Une journée de direction en magasin par mois",
            "Chaque membre du comité de direction passe une journée par mois à un poste de contact, en tenue, avec un binôme du "
            "magasin. Il repart avec un irritant à son nom et en rend compte le mois suivant.",
            "Enseigne de quarante magasins.", NAMED, _serves(("SX1.2.1", 1, 4)),
            "Vingt-deux irritants levés en un an, dont le formulaire de retour que personne ne comprenait.",
            None, 12, 1, "Sans compte rendu public, l’effet retombe au troisième mois.",
            ("Bloquer les dates pour l’année", "Choisir le binôme dans l’équipe", "Afficher l’irritant et son porteur"),
        ),
        ("Avez-vous des membres qui refusent le contact ? Comment avez-vous fait ?",),
    ),
    Telling(
        "social_protection", 45,
        Sheet(
            "Relire nos lettres avec dix assurés",
            "Une lettre par mois est lue à voix haute par dix assurés volontaires. Ils disent ce qu’ils feraient après l’avoir lue. "
            "La lettre est récrite dans la semaine et relue une fois.",
            "Caisse régionale, service des prestations.", NAMED, _serves(("SX3.3.2", 1, 3), ("SX3.1.1", 2, 3)),
            "Les appels pour comprendre un courrier ont nettement reculé.",
            Measure("Appels pour comprendre un courrier", "par mois", Decimal(1840), Decimal(1120)), 9, 2,
            "Payer le déplacement des volontaires, et changer de groupe tous les six mois.",
            ("Choisir les dix lettres les plus envoyées", "Inviter dix assurés", "Récrire dans la semaine", "Mesurer les appels d’après"),
        ),
    ),
    Telling(
        "local_authority", 52,
        Sheet(
            "Le carnet des petites habitudes",
            "Dans nos résidences, chaque résident ou un proche raconte cinq habitudes qui comptent : le petit déjeuner avant la toilette, la radio le "
            "dimanche. Le carnet suit la personne, et chaque agent y ajoute ce qu’il découvre.",
            "", UNNAMED, _serves(("SX3.2.3", 2, 4), ("SX3.1.3", 2, 3)),
            "Les familles en parlent spontanément, et les remplaçants disent s’y repérer dès le premier jour.",
            None, 4, 1, "Cinq habitudes, pas vingt : un carnet trop long n’est plus lu.",
        ),
        ("Nous avons repris l’idée pour les voyageurs accompagnés.",),
    ),
    Telling(
        "energy", 60,
        Sheet(
            "Prévenir avant que le client constate",
            "Une panne, un retard de relève ou une facture inhabituelle déclenchent un message avant tout appel : ce qui se passe, "
            "ce que nous faisons, quand nous redonnons des nouvelles. Le message suivant part même s’il n’y a rien de neuf.",
            "Distributeur régional, 300 000 foyers.", NAMED, _serves(("SX3.1.3", 1, 3), ("SX3.2.5", 3, 4)),
            "Moins d’appels pendant les incidents, et une confiance qui tient mieux après.",
            Measure("Appels pendant un incident", "pour 1 000 foyers", Decimal(96), Decimal(41)), 7, 3,
            "Promettre une heure de nouvelles, jamais une heure de retour si elle n’est pas sûre.",
            ("Lister les dix événements que nous savons avant le client", "Écrire trois messages par événement",
             "Tenir l’heure des nouvelles", "Comparer les appels avant et après"),
        ),
        adopters=11,
    ),
    Telling(
        "local_authority", 70,
        Sheet(
            "Les états des lieux à deux voix",
            "L’état des lieux d’entrée se fait avec le gardien et le locataire, sur la même tablette, photo par photo. Le locataire "
            "ajoute ses remarques pendant un mois, sans courrier.",
            "Office municipal, 9 000 logements.", NAMED, _serves(("SX3.2.1", 2, 3), ("SX4.1.2", 2, 3)),
            "Les litiges de sortie ont été divisés par deux.",
            Measure("Litiges à la sortie", "%", Decimal(14), Decimal(7)), 10, 3, "Former les gardiens avant d’acheter les tablettes.",
            ("Former les gardiens", "Essayer sur un immeuble", "Ouvrir le mois de remarques", "Étendre par secteur"),
        ),
        adopters=6,
    ),
    Telling(
        "retail", 80,
        Sheet(
            "Raconter une histoire de client à chaque prise de poste",
            "Le premier quart d’heure commence par une histoire vraie de la veille : ce que le client voulait, ce que l’équipe a fait. "
            "L’histoire du mois est affichée et son auteur choisit la suivante.",
            "", NAMED, _serves(("SX2.1.2", 1, 4), ("SX2.2.3", 2, 3)),
            "Les nouveaux arrivants comprennent plus vite ce qui est attendu d’eux.", None, 3, 1,
            "Des histoires vraies, y compris ratées ; sinon cela devient une réclame.",
        ),
        adopters=7,
    ),
    Telling(
        "distance_selling", 95,
        Sheet(
            "Un contrat de service entre nos propres équipes",
            "Le tri, la livraison et le service client se sont promis par écrit trois délais et trois informations. Chaque mois, ils "
            "se notent l’un l’autre et corrigent une promesse.",
            "Trois plateformes.", UNNAMED, _serves(("SX2.1.3", 1, 3), ("SX4.1.3", 2, 3)),
            "Les renvois d’un service à l’autre ont diminué, et les retards sont annoncés plus tôt.",
            Measure("Retards annoncés avant l’heure promise", "%", Decimal(35), Decimal(72)), 6, 2,
            "Trois promesses chacun : au-delà, personne ne s’en souvient.",
            ("Réunir les trois équipes une demi-journée", "Écrire trois promesses chacune", "Se noter chaque mois"),
        ),
    ),
    Telling(
        "energy", 120,
        Sheet(
            "Vérifier l’effet avant d’étendre",
            "Toute amélioration part sur la moitié des clients pendant un mois. Nous comparons l’effort déclaré des deux moitiés, puis "
            "nous gardons ou nous arrêtons, et nous publions la décision en interne.",
            "Fournisseur, assistance de 40 personnes.", NAMED, _serves(("SX4.2.3", 2, 4), ("SX4.2.1", 2, 3)),
            "Une amélioration sur trois a été arrêtée : le temps gagné est allé aux deux autres.",
            Measure("Effort déclaré (1 à 7)", "points", Decimal("3.8"), Decimal("2.9")), 9, 3,
            "Décider de la mesure avant de commencer, sinon chacun lit ce qu’il veut.",
            ("Choisir une mesure et une durée", "Tirer au sort la moitié des clients", "Décider à la date prévue", "Publier la décision"),
        ),
        ("Le tirage au sort a-t-il été bien accepté par les équipes commerciales ?",),
        adopters=12,
    ),
)  # fmt: skip
"""Published, newest first."""

WAITING = Telling(
    "rail", 2,
    Sheet(
        "Une voix connue dans toutes les gares",
        "Les annonces de perturbation sont enregistrées par cinq agents du réseau, prénom à l’appui, et disent ce que le voyageur "
        "peut faire maintenant avant de dire pourquoi.",
        "Vingt gares.", NAMED, _serves(("SX3.2.4", 1, 3)),
        "Les voyageurs citent les annonces parmi les points positifs.", None, 5, 2, "Prévoir un remplaçant pour chaque voix.",
        ("Recruter cinq voix", "Récrire les vingt annonces les plus fréquentes", "Mesurer l’avis des voyageurs"),
    ),
)  # fmt: skip
"""What the staff finds to judge."""

DRAFT = Sheet(
    "Dire l’heure du prochain bus à l’arrêt, même en cas de retard",
    "Les conducteurs signalent un retard d’un bouton ; l’écran de l’arrêt et l’application donnent la nouvelle heure en moins d’une minute.",
    "Trois lignes pilotes.", NAMED, _serves(("SX3.2.2", 2, 3)),
)  # fmt: skip
"""What Transports du Val has begun to write."""

LEVERS = (
    {
        "title": {"fr": "Tenir un comité des promesses avec les adhérents voisins", "en": "Hold a promises committee with neighbouring members"},
        "steps": {
            "fr": ["Choisir trois promesses communes", "Se réunir chaque trimestre", "Publier ce qui est tenu"],
            "en": ["Choose three common promises", "Meet every quarter", "Publish what is kept"],
        },
        "kpi": {
            "name": {"fr": "Promesses tenues", "en": "Promises kept"}, "unit": {"fr": "%", "en": "%"}, "direction": "up",
        },
        "serves": [["SX1.1.2", 1, 4]], "dimensions": ["SX1"], "effort": 2, "months": 6, "requires": [],
    },
    {
        "title": {"fr": "Échanger deux agents d’accueil pendant une semaine"},
        "steps": {"fr": ["Trouver un adhérent d’un autre secteur", "Préparer trois questions", "Rendre compte à l’équipe"]},
        "kpi": {"name": {"fr": "Idées reprises"}, "unit": {"fr": "idées"}, "direction": "up"},
        "serves": [["SX3.1.2", 1, 3], ["SX2.2.2", 2, 3]], "dimensions": ["SX3", "SX2"], "effort": 2, "months": 3, "requires": [],
    },
)  # fmt: skip
"""What the network's staff recommends, as `NetworkLever.content`."""
