"""What the team of Transports du Val wrote under its answers this year."""

RATIONALES = {
    "SX1.1.1": "L’ambition « un voyageur attendu, pas transporté » est affichée dans les trois dépôts et reprise dans les entretiens annuels.",
    "SX1.1.2": "La promesse est publiée sur le site et à bord. La signature relationnelle n’est pas encore connue des sous-traitants.",
    "SX1.1.3": "Deux objectifs chiffrés dans le plan à moyen terme ; l’enveloppe dédiée reste à voter.",
    "SX1.2.1": "Quatre demi-journées en ligne par an pour le comité de direction, compte rendu en réunion du lundi.",
    "SX1.2.3": "Les agents commerciaux peuvent rembourser jusqu’à 20 euros sans accord depuis mars.",
    "SX2.1.1": "Cinq repères écrits avec les conducteurs et les agents de station, rappelés en prise de service.",
    "SX2.2.2": "Ateliers d’une heure chaque trimestre dans deux dépôts sur trois.",
    "SX2.2.5": "Les verbatims partent à l’équipe de la ligne chaque vendredi.",
    "SX3.1.1": "Enquête annuelle, avis en ligne, réclamations et remontées des conducteurs sont réunis dans un même tableau.",
    "SX3.2.1": "Deux parcours décrits sur six : « premier abonnement » et « correspondance manquée ».",
    "SX3.2.2": "Délais de réponse et ponctualité ont un standard ; l’accueil en station n’en a pas encore.",
    "SX3.2.5": "Toute réclamation a un responsable nommé ; le geste commercial est décidé au premier contact.",
}
"""By criterion code. In French: it is what a French organisation's people would have typed."""
