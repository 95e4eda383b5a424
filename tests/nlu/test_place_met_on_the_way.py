"""Terminals, border towns, deportations, names that only sound like a place, and papers.

One table for each way in which a stranger's messages were mistaken, each with messages in which the
same words say nothing of the kind. A row: country where she is or asks about / where she says she
comes from / town / message; "-" stands for nothing said.
"""

from __future__ import annotations

import pytest

from bot.nlu.place_text import name_key
from bot.nlu.places import PlaceFinder, summarise
from tests.nlu.place_tables import rows

TABLES = {
    "a terminal, an airport, a market, a hospital is in one town": """
PA/VE/Albrook/epa estoy botada en la terminal de Albrook, vengo de regreso pa Maracaibo
SV/SV/San Salvador/acabo de llegar a la chacra, me deportaron ayer con mi hija
SV/SV/San Luis Talpa/me bajaron deportada en el aeropuerto de Comalapa sin un cinco
GT/GT/Ciudad de Guatemala/nos bajaron del avión en la Fuerza Aérea de Guatemala, sin un quetzal
GT/-/Ciudad de Guatemala/trabajo en una tienda en la Calzada Roosevelt, en la capital de Guatemala
HN/-/San Pedro Sula/en la gran central metropolitana nos pidieron dinero
HN/-/Tegucigalpa/vivo en la Kennedy, en Tegucigalpa, y el vecino me amenaza
NI/-/Managua/vendo atol en el mercado oriental y me quieren quitar el puesto
MX/-/Ciudad de México/llegué a la TAPO con dos niños y no conozco a nadie
MX/HN/Tenosique/soy hondureña y estoy en la 72, el cuarto de mujeres está lleno
MX/-/Cabo San Lucas/trabajo limpiando hotel en Cabo
US/-/Nueva York/port authority at 3am with my baby, where do we sleep
-/-/-/tengo una chacra con gallinas y la quiero vender
-/-/-/al cabo de un mes me corrió
-/-/-/vendemos en el mercado de la esquina
-/-/-/no hay autoridad en el puerto
""",
    "put over the border, and what stayed behind": """
MX/-/Nogales/me aventaron por Nogales anoche y no conozco a nadie
MX/-/Nogales/nos deportaron por nogales y mis cosas quedaron en Tucson
MX/-/Ciudad Juárez/they deported me through El Paso and now I sleep in a shelter in Juarez
GT/GT/-/acabo de bajar del avión aquí en Guate, sin nada
US/-/Nogales/trabajo en Nogales, Arizona, en un restaurante
US/-/Tucson/mis cosas están en Tucson y yo también, en un albergue
US/-/El Paso/I'm in El Paso, released from detention yesterday
""",
    "towns of one name": """
-/-/Peñas Blancas/llevo dos noches en peñas blancas con mi niño y está lloviendo
NI/-/Peñas Blancas/en peñas blancas lado nica no nos dejan salir con la niña
CR/-/Peñas Blancas/cuánto cobra el bus de Paso Canoas a Peñas Blancas
-/-/León/en león no tengo a nadie y el dueño me quiere sacar
-/-/León/él vive en Nueva York y yo aquí en León
MX/SV/León/soy salvadoreña, vivo en León, Guanajuato, y me corrieron de la fábrica
-/-/Guadalupe/vivo en Guadalupe y el vecino sigue a mi hija
CR/NI/Guadalupe/soy nica, vivo en Guadalupe, en San José, y cuido a una señora
MX/GT/Tapachula/soy de San Marcos y trabajo en Tapachula en casa
MX/MX/Tijuana/soy de Apatzingán y espero en Tijuana
-/GT/-/soy garífuna de Livingston, me ayudan con un abogado?
US/-/San Marcos/limpio casas en San Marcos, Texas
""",
    "who is there, and who is elsewhere": """
-/-/León/estoy en León y mi hermana en Houston
MX/-/Puebla/estoy en Puebla y mi hermana en Houston
US/-/Houston/estoy con mi mamá y mi hermana en Houston
GT/-/-/el abogado me dijo que en Guate puedo pedir la pensión aunque él viva en Boston
CR/-/Upala/mi bebé nació en Upala y el papá es de allá de Nicaragua
US/-/Lawrence/no es en Boston, es en Lawrence donde vivo
US/-/Lawrence/no ta en nueva yol, ta en Lawrence
US/-/Boston/no es fácil vivir en Boston
CR/-/-/tengo una sobrina en Nicaragua de 9 años, cómo la traigo a Costa Rica
MX/-/-/el coyote me quiere traer a México
GT/VE/-/venimos saliendo de Honduras y entramos a Guatemala ayer, somos de Venezuela
HN/HN/-/ya vamos saliendo de Honduras con los niños
US/-/-/me voy pal norte con mi cipote, con quién hablo
-/-/-/el frío del norte me tiene enferma
-/-/-/vivo al norte del parque
""",
    "what only bears the name": """
-/-/-/vivo por la Roosevelt y no sé a dónde ir
-/-/-/la oficina queda en la Washington Avenue, segundo piso
-/-/-/a guy on Vermont Ave charged me to do my papers
US/-/Washington/trabajo en un restaurante de Washington y no me dan propinas
US/-/Florida/trabajo en la Florida en el tomate
-/-/-/her name is Dallas Marie and they wrote it wrong
-/-/-/my boss's name is Virginia Austin and she screams
-/-/-/mi bebé se llama Chelsea Brooklyn
US/-/Dallas/the name of my lawyer is on the paper from Dallas
-/-/-/me congrego en la iglesia de Guadalupe y ahí me ayudan
MX/-/Tapachula/la iglesia de Tapachula da comida los lunes
DO/HT/-/nací aquí en el batey lechería, mi mamá y mi papá son de Haití, soy haitiana dicen ellos
-/-/-/cuánto duran los antecedentes penales
-/-/-/ando malita del estómago y no tengo para la medicina
-/-/-/fui a los baños de la terminal y me siguió un hombre
-/-/-/vendo tamales en la colonia Guerrero
""",
    "papers and money": """
-/SV/-/mi DUI se me quedó en el bus
-/GT/-/la señora tiene mi dpi y no me deja salir
GT/GT/-/perdí mi DPI y ocupo otro
-/MX/-/me quitaron mi INE
MX/GT/-/tengo la tarjeta de visitante regional, soy guatemalteca
US/GT/Los Angeles/necesito la partida de RENAP y vivo en Los Ángeles
US/HN/Dallas/cómo saco mi partida del RNP desde Dallas
GT/-/-/en el RENAP no me quieren inscribir a la bebé
-/-/-/la señora me guardó la cédula de mi prima
-/-/-/me cobran 3000 lempiras por la fianza
-/-/-/debo 15 mil quetzales al señor que nos trajo
""",
    "who asks for one like herself": """
CA/MX/-/quiero saber si en Canadá una mexicana todavía puede pedir refugio
MX/HN/-/qué tiene que hacer una hondureña para sacar papeles en México
US/GT/-/can a Guatemalan girl of 15 ask for asylum in the US alone
CA/MX/Vancouver/which clinic in Vancouver sees Mexican women with no health card
US/HN/Charlotte/i'm catracha born and raised, cleaning houses in Charlotte
CA/JM/-/do I need a visa from Jamaica to go work in Canada
MX/CU/Tapachula/si Cuba no acepta a los deportados a dónde me mandan, estoy en Tapachula
DO/HT/La Romana/en La Romana dónde le hacen el acta a un niño de madre haitiana
-/-/-/una mexicana me robó el celular en el bus
-/-/-/conocí a una hondureña muy buena que me ayudó
-/-/-/me dijo que una salvadoreña cocina mejor
-/-/-/el papá de mi hijo es gringo y no lo reconoce
""",
    "who writes from a country where nobody is served is there, wherever she wants to go": """
CL/-/Iquique/un saludo desde Iquique, mi hermano se quiere ir para México
EC/-/Quito/desde Quito le escribo, queremos ir a México con los niños
PE/VE/Tumbes/somos cuatro venezolanas en Tumbes y queremos seguir a Panamá
EC/VE/Quito/soy venezolana y vendo jugos en quito con mi niño
MX/VE/-/soy venezolana, estuve en Cúcuta y ahora trabajo en México
US/HN/Houston/saludos a todos desde Houston, soy de Honduras
-/GT/-/hi im from guatemala, can someone help me
-/-/-/yo me quito los zapatos y me duelen los pies
""",
    "where she wants to go does not say which town of one name she is in": """
SV/-/San Miguel/en San Miguel me extorsionan y me quiero ir para México
CR/-/San José/estoy en San José y quiero irme a México
SV/-/La Unión/vivo en la unión y necesito un doctor
-/-/-/vivo en unión libre y él no me da para la comida
""",
    "born in one country, raised in another": """
GT/GT/-/me crié en Belice pero nací en Guatemala, cómo saco el dpi
-/HN/-/yo nací en Honduras y crecí en México, qué papel me toca
""",
    "with her children, and a Spanish y that is written i": """
US/HN/Boston/im in Boston, me & my kids come from Honduras
US/-/Miami/mi esposo i mi hija viven en Managua, yo estoy en Miami
""",
    "islands by their short names, girls by names of towns": """
CA/VC/Toronto/i clean houses in Toronto, i am from St Vincent
CA/KN/Toronto/my status expired in Toronto, i from St Kitts
CA/LC/Hamilton/st lucian woman here in Hamilton, boss keep my passport
-/-/-/my daughter Charlotte does not sleep since that night
-/-/-/mi hija Dallas cumple 5 y no habla
US/-/Charlotte/i live in Charlotte with my two kids
""",
    "in the middle of a state, a country's policemen, a town's short name": """
MX/-/Sonora/nos dejaron en medio de Sonora sin agua
GT/-/-/los policías de Guatemala nos quitaron el dinero
MX/-/Tapachula/llevo dos meses en tapa esperando la cita
-/-/-/la olla no tiene tapa y se me quema el arroz
""",
    "a short word before a full stop ends its sentence": """
CA/PH/Ontario/what can i do. from philippines, caregiver in Ontario
DO/-/Santo Domingo/vivo en Sto. Domingo y no tengo acta
-/-/-/no sé qué hacer, ya no. desde ayer no como
""",
}


@pytest.mark.parametrize(
    ("country", "origin", "city", "text"),
    [row for table in TABLES.values() for row in rows(table)],
)
def test_what_was_met_on_the_way_is_read(
    finder: PlaceFinder, country: str | None, origin: str | None, city: str | None, text: str
) -> None:
    said = summarise(finder.find(text))

    town = said.city and name_key(said.city)
    assert (said.country, said.origin, town) == (country, origin, city and name_key(city)), text


def test_a_border_town_is_asked_with_both_of_its_countries(finder: PlaceFinder) -> None:
    said = summarise(finder.find("estamos en Peñas Blancas con los niños"))

    assert said.candidates == ("CR", "NI")
