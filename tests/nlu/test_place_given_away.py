"""Where she is and where she is from, told by other words than "I am in" and "I am from".

One table for each way, half of it messages that say nothing of the kind. A row: country where
she is or asks about / where she comes from / town / message; "-" stands for nothing said.
"""

from __future__ import annotations

import pytest
import yaml

from bot.nlu.place_names import DATA, read_yaml
from bot.nlu.place_text import name_key
from bot.nlu.places import PlaceFinder, summarise
from tests.nlu.place_tables import rows

TABLES = {
    "who is turned away": """
-/VE/-/en ese edificio no le rentan a venezolanas aunque pague adelantado
-/NI/-/puse que era nica y me dijeron que no contratan nicaragüenses
-/HN/-/the landlord said he doesn't rent to Hondurans, can he do that
-/HT/-/en esa clinica no atienden a haitianas sin pasaporte
-/CU/-/no quieren cubanas en la cooperativa, que reclamo
-/SV/-/we don't hire Salvadorans, it said in the ad
-/-/-/mi jefe no contrata a nadie sin papeles
-/-/-/dicen que los venezolanos traen todo el desorden
-/-/-/a los americanos les cobran menos
MX/-/-/en mexico no alquilan a gente con niños
-/-/-/no quiero comida mexicana todos los dias
-/-/-/I don't want Mexican food every day
""",
    "whom a helper writes for": """
-/HN/-/What relief is there for a trafficking survivor from Colón, Honduras
-/GT/-/my client, 15, never went to school in Guatemala, what does the district owe her
-/GT/-/Client is from Huehuetenango and speaks only Mam, who interprets
MX/CO/Cancún/nos trajeron a seis muchachas de Pereira a un bar en Cancún
-/NI/-/mi vecina nica perdió los papeles y no sabe donde pedirlos
-/HN/-/my Honduran neighbor is pregnant and has no doctor
-/HT/-/my roommate from Haiti hasnt eaten for days
CR/NI/-/mi comadre nicaragüense trabaja en una finca en Costa Rica y no le pagan
MX/NI/Mexicali/mi vecina es de Nicaragua y se le venció la tarjeta en Mexicali
-/HN/-/it is for a friend from Honduras, she is 8 months pregnant
-/SV/-/busco abogado para una muchacha de El Salvador
-/-/-/la vecina colombiana me dijo que regalan ropa
-/-/-/mi vecina mexicana me prestó el teléfono
-/-/-/una clienta de Colombia me debe 50
-/-/-/a friend from Nicaragua told me about you
-/-/-/my roommate is Cuban and she snores
-/-/-/una muchacha de Nicaragua me pidió ayuda
-/-/-/a lady from Colombia told me about this number
-/-/-/me lo contó una amiga de Venezuela
-/-/-/I cook with a woman from Peru and we laugh a lot
""",
    "going home, and sent home": """
GT/GT/-/going home to Guatemala after 19 years, what can I bring without tax
HN/HN/-/I'm going back to Honduras in May, is there help to start a business
HN/HN/-/me regreso a Honduras el otro mes, que ayudas hay para retornadas
SV/SV/-/quiero volver a mi país, El Salvador, hay programas para empezar
NI/NI/Estelí/my aunt got deported to Estelí with her baby, who receives her
MX/MX/Guerrero/my uncle was deported to Guerrero, can he get his money from here
HN/HN/Comayagua/they deported my nephew to Comayagua and he has nothing
HN/HN/San Pedro Sula/mi primo deportado busca trabajo en San Pedro Sula
SV/SV/Santa Ana/soy retornada, que programas hay en Santa Ana El Salvador
HN/HN/La Ceiba/me deportaron el martes, ahora estoy en La Ceiba sin cedula
GT/GT/-/I returned to Guatemala in June and my school papers are missing
GT/GT/Quetzaltenango/volví deportada a Xela hace una semana
-/HN/-/no puedo volver a Honduras
-/GT/-/si me regresan a Guatemala me matan
US/-/Houston/ya voy de regreso a Houston despues de visitar a mi tia
US/SV/-/i am in the US and im scared they send me back to El Salvador
US/-/Dalton/tengo miedo que me deporten, vivo en Dalton Georgia
US/HN/-/si me deportan a Honduras quien cuida a mis hijos aqui en Estados Unidos
GT/-/Mixco/vivo en Mixco y tengo miedo de ir al hospital
MX/-/Reynosa/me deportaron y me dejaron en Reynosa
US/-/Denver/a mi esposo lo deportaron, yo sigo en Denver
-/-/-/mi papa vuelve el viernes
""",
    "pay that is owed over there, and setting out": """
US/GT/Georgia/I came back to Guatemala and the chicken plant in Georgia never sent my last check
US/HN/-/me regresé a Honduras y mi patrón en Estados Unidos no me pagó la última quincena
US/MX/Texas/I was deported to Mexico and my boss in Texas owes me 3 weeks
HN/HN/Choluteca/vamos saliendo mañana de Choluteca con los cipotes, que llevamos
HN/HN/El Progreso/estamos saliendo de El Progreso, Yoro con mi hermana
CR/NI/-/soy nica y mi patrona en Costa Rica no me deja salir
MX/-/Tapachula/vamos saliendo mañana de Tapachula en la caravana
HN/HN/-/volví a Honduras y mi patrona me trata mal
PA/-/-/estoy saliendo de trabajar en Panamá
GT/GT/-/I returned to Guatemala, my brother has a restaurant in Texas
""",
    "bodies and papers of one country": """
US/-/-/CPS came to my door, what are my rights
US/-/-/my individual hearing is in two weeks and I have no lawyer
US/-/-/tengo una deportación en ausencia de 2011
US/-/-/mi papá me pidió en la F2A, cuándo me toca
US/-/California/mi mamá tiene medi-cal y no la atienden
CA/-/-/can I get EI maternity with a closed permit
CA/-/Ontario/does OHIP cover my baby
CA/-/-/refugee claimant, three months, no doctor yet
BZ/-/-/how long the Vital Statistics Unit take for one birth paper
BZ/-/Belize City/they want pay before they see me at KHMH
MX/-/Tapachula/llevo nueve dias en la Siglo XXI
SV/SV/-/que llevo para sacar el DUI por primera vez
GT/GT/-/perdí mi DPI en el bus y ocupo otro
HN/-/-/el contador me pide el RTN para abrir la pulpería
-/-/-/me deben ocho mil lempiras de la maquila
NI/-/-/no me quieren dar la pensión del INSS
PA/-/-/me pagaron por yappy y después lo quitaron
CR/-/-/el EBAIS no atiende a mi hija sin seguro
-/-/-/perdí mi social security card
-/-/-/he got a DUI last night, will they let him out
-/-/-/me dieron cita en Ciudad Mujer
-/-/-/me atiende el INAMU?
-/-/-/mandan dinero por Elektra y Banco Azteca
-/-/-/en pleno siglo 21 y siguen pegando a las mujeres
-/-/-/I have a number from the clinic
HN/-/-/CPS no existe aquí en Honduras, verdad
MX/-/Mérida/vivo en Mérida, me piden el RTN de mi tío
GT/-/-/estoy en Guatemala y el Zelle no me llega
-/-/-/i 9 months pregnant and he still hit me
-/-/-/me fue en el examen de la escuela
""",
    "only mentioned": """
-/-/-/cual es la capital de honduras
-/-/-/quien gano las elecciones en guatemala
-/-/-/quien juega hoy, Mexico contra Honduras
-/-/-/Honduras le gano a Panamá 2 a 0
-/-/-/who won the match Canada vs Mexico
-/-/-/cuantos habitantes tiene Nicaragua
-/-/-/who is the president of El Salvador
-/-/-/me ofrecen trabajo de mesera en España con boleto pagado, es estafa?
-/-/-/a man says he has a job for me in Dubai, is it real
HN/-/-/como voto desde aqui en las elecciones de honduras
HN/-/-/en Honduras quien gana menos de 10 mil paga impuestos
US/-/-/me ofrecen trabajo en Estados Unidos con visa H-2A
CA/-/Toronto/me ofrecen trabajo en Toronto cuidando niños
PA/-/-/quien me ayuda en Panama con la capital semilla
CR/-/San José/trabajo en un equipo de futbol en San Jose, Costa Rica
ES/-/-/vivo en España y trabajo de interna
MX/-/-/trabajo en México y no me pagan
""",
    "border towns of two countries": """
-/-/Agua Caliente/en la aduana de Agua Caliente nos quitaron el dinero
-/-/Agua Caliente/dormimos en Agua Caliente, no hay albergue
-/-/Las Manos/nos pararon en Las Manos con los niños
-/-/Paso Canoas/trabajo limpiando en Paso Canoas
HN/-/Agua Caliente/estoy en Agua Caliente del lado de Honduras
GT/-/Agua Caliente/Agua Caliente, Guatemala, no hay donde dormir
NI/-/Las Manos/estamos en Las Manos, lado de Nicaragua
PA/-/Paso Canoas/en Paso Canoas Panamá me quitaron el pasaporte
-/-/-/me duelen las manos de tanto lavar
-/-/-/no tenemos agua caliente en el cuarto
""",
    "a name that only holds a place's name": """
-/-/-/que derechos hay en los paises de Central America
-/-/-/soy de Centro America y viajo sola
-/-/-/trabajo en el restaurante La Habana y el encargado me manosea
-/-/-/limpio el bar Colombia y no me pagan
-/-/-/my friend America got pregnant and was fired
-/-/-/Paris is my daughter, her stepfather hits her
US/-/-/I want to go to America with my baby
HN/-/Choluteca/limpio casas y un bar en Choluteca
""",
    "who says that she is from a town, at home": """
HN/HN/Tela/nos amenazaron por la tierra, yo soy garífuna de Tela y quieren que nos vayamos
SV/SV/La Libertad/soy de La Libertad, El Salvador, y la policía no me quiso tomar la denuncia
-/HN/-/soy de Tela, llegué hace un mes y quiero saber cómo pido refugio con mis hijos
-/HN/-/soy de Tela
-/HN/-/soy hondureña y quiero saber quién me ayuda porque mi marido me pega
""",
    "hers before his, and bodies before where he left": """
HN/-/Choluteca/mi esposo trabaja en Miami y me mandó dinero, en Choluteca me piden el documento
MX/GT/-/my son left alone from Jutiapa and they have him in an albergue of the DIF
SV/SV/-/I got deported to El Salvador after 20 years in Boston, nothing here for me
MX/-/Guadalajara/de Guadalajara me mandaron a la COMAR y no me resuelven
CA/JM/-/is there a programme to fly back Kingston if I change my mind about Canada
""",
    "leaving it, with a child or still to come": """
NI/-/-/salir de Nicaragua con la niña sin que el papá firme
SV/-/-/kids leaving El Salvador, is it only a notary
GT/-/Quiché/her teenage niece plans to leave Quiché next month
-/GT/-/since leaving Guatemala I cannot sleep
""",
    "moved there, and left behind there": """
MX/-/Puebla/I signed for refuge in Tapachula but I moved to Puebla to work
-/HN/-/la cartilla de vacunas quedó en Honduras, le ponen todas de nuevo?
-/CO/-/mi título es de la universidad de Antioquia, me piden convalidar
SV/-/San Salvador/From San Salvador, I want to know how to get a passport for a baby
""",
    "what its people and its papers say": """
CR/NI/-/los ticos no me alquilan por ser nicaragüense
MX/-/-/mi novio es mexicano, con eso ya me dan papeles?
PA/-/-/en la farmacia no la venden sin receta panameña
JM/-/-/need the death certificate of my husband from Jamaica
""",
    "what settles a town of several countries": """
PA/-/San Vicente/I'm at the camp in San Vicente, they took my phone in the jungle
PA/-/Colón/las lanchas de Colón a Colombia son seguras?
JM/-/Mandeville/dem post mi picture fi di whole a Mandeville see
""",
    "names as they are heard, and small words in capitals": """
US/-/Washington, D.C./vivo en wasintong con mi tía
US/-/Folkston/he called from a place Folkston, said don't sign nothing
US/-/-/he offers a trip to US with visa for 9 thousand
US/-/-/quiero irme pal gabacho con mi prima
IN/-/-/he wants to take our daughter to India and I am afraid
-/-/-/me dicen india en la calle y me escupen
-/-/-/what time is it in Kyiv now
""",
    "the town where she is": """
MX/-/Puebla/we moved to Puebla in March and the school wants papers
MX/-/Mérida/me mudé a Mérida y no conozco a nadie
MX/HN/Saltillo/soy de Comayagua, ahora en Saltillo
US/MX/Fresno/fresno but born in culiacan, can i get medi-cal
US/MX/Fresno/vivo en fresno pero naci en culiacan
US/GT/Houston/I live in Houston, I was born in Xela
US/-/Fresno/im 17 and pregnant, fresno
US/SV/Los Angeles/from Sonsonate, living in LA
MX/-/Tapachula/en la estación Siglo XXI de Tapachula
GT/-/-/the mother is from here Guatemala and the baby was born in Chiapas
-/-/-/gracias por todo, victoria
-/-/-/ella se llama asi, virginia
""",
}


@pytest.mark.parametrize(
    ("country", "origin", "city", "text"),
    [row for table in TABLES.values() for row in rows(table)],
)
def test_what_her_words_give_away(
    finder: PlaceFinder, country: str | None, origin: str | None, city: str | None, text: str
) -> None:
    said = summarise(finder.find(text))

    town = said.city and name_key(said.city)
    assert (said.country, said.origin, town) == (country, origin, city and name_key(city)), text


def test_no_body_or_paper_is_listed_for_two_countries() -> None:
    listed = read_yaml(DATA / "places" / "institutions.yml")
    names = [name_key(name) for each in listed.values() for name in each]

    assert len(names) == len(set(names))


def test_what_is_said_of_bodies_is_of_listed_ones() -> None:
    with (DATA / "places" / "seats.yml").open(encoding="utf-8") as file:
        more = yaml.safe_load(file)
    listed = read_yaml(DATA / "places" / "institutions.yml")
    names = {name for each in listed.values() for name in each}

    assert {*more["seats"], *more["of_nationals"]} <= names
