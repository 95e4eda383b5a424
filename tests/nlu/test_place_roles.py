"""What the sentence makes of a place: where she is, where she is from, or neither of the two.

One table for each way in which it is easily mistaken. A row: country where she is or asks about /
where she says she comes from / town / message; "-" stands for nothing said.
"""

from __future__ import annotations

import pytest

from bot.nlu.place_text import name_key
from bot.nlu.places import PlaceFinder, summarise
from tests.nlu.place_tables import rows

TABLES = {
    "a country named by a word for its people": """
DO/-/-/en dominicana no me quieren dar el acta
DO/-/-/ya tengo dos años en la dominicana sin papeles
DO/-/-/trabajo en dominicana en una casa
DO/-/-/the hospital in the Dominican want money first
DO/-/-/I live in the Dominican with my son
DO/HT/-/soy haitiana y vivo en dominicana
DO/-/-/aqui en dominicana la policia nos corre
DO/-/-/stuck in the dominican no passport
DO/-/-/como es la ley en dominicana para las embarazadas
-/DO/-/soy dominicana y me quede sin trabajo
-/DO/-/I am Dominican and I lost my job
DO/-/-/hasta cuando dan residencia en Dominicana
""",
    "here": """
MX/-/-/aqui a mexico cuanto se tarda la visa humanitaria
MX/-/Oaxaca/aqui en la estacion de buses de Oaxaca hay donde dormir
MX/-/Tapachula/here at the Tapachula terminal nobody helps
GT/-/Ciudad de Guatemala/aquí en la terminal de la ciudad de Guatemala
PA/-/David/aqui en la terminal de David, Panamá, con mi niña
HN/-/San Pedro Sula/aquí desde la gran terminal de san pedro sula
US/-/Laredo/here outside the Laredo bus station with my baby
MX/-/Puebla/aca por Puebla no hay consulado verdad
NI/-/Managua/acá en el mercado oriental de Managua
CR/-/Peñas Blancas/aqui en la frontera de peñas blancas lado de costa rica
US/-/Brownsville/here by the bridge of Brownsville they took my phone
HN/-/Danlí/aqui en el parque de danli estamos 5 familias
MX/VE/-/aquí en México nadie me cree, soy venezolana
""",
    "leaving for a while, and somebody missing": """
MX/-/Chiapas/puedo salir de chiapas mientras espero la respuesta
CR/-/-/puedo salir de Costa Rica mientras tramito el refugio
US/-/-/can I leave the US while my case is pending
CA/-/-/can i leave Canada while they decide
MX/-/Tapachula/me dejan salir de Tapachula con el papel de la comar?
MX/-/Veracruz/mi hermano salió de Veracruz y no llegó
MX/-/Saltillo/she was last seen in Saltillo in august
GT/-/Esquipulas/salió de Esquipulas el martes y no ha llegado
MX/-/Sonora/mi sobrina desapareció en Sonora
US/-/Arizona/he left Nogales walking and was last seen in Arizona
MX/-/Altar/la vieron por ultima vez en Altar, Sonora
PA/-/-/si salgo de panama pierdo el tramite
US/-/-/if I leave the United States do I lose my green card
""",
    "other people's countries": """
MX/-/-/me pagan igual que una mexicana aqui en mexico?
PA/-/-/como saco cedula panameña por matrimonio
-/-/-/the nurse shouted haitians at all of us
-/-/-/can I use a Cuban birth certificate for school
-/-/-/mi marido mexicano me amenaza con los niños
-/-/-/what is the child of two ukrainians
-/-/-/es verdad que las venezolanas no necesitan pagar
-/-/-/my son's father is Salvadoran and does not pay
-/-/-/los nicaragüenses tienen otra fila?
US/-/-/they treat mexicans better in the US
-/-/-/esto no es solo de colombianas
-/-/-/mis hijos son mexicanos, me pueden quitar
-/-/-/the Guatemalan lady said no more beds
""",
    "he there, I here": """
CR/-/San José/él vive en Managua y yo en San José
US/-/Denver/he is in Chihuahua, I in Denver
US/-/Boston/my mother in Kingston, me here in Boston
MX/-/Monterrey/mis hijos en Tegucigalpa y yo en Monterrey sin poder verlos
PA/-/-/mi mamá está en Venezuela y yo en Panamá
MX/-/Puebla/mi esposo vive en Atlanta, yo vivo en Puebla
US/-/Houston/my kids are in Honduras and I am in Houston
CR/-/-/mi hija se quedó en Cúcuta, yo estoy en costa rica
US/HN/Dallas/my mom back home in Honduras and me in Dallas
MX/GT/-/mi niña está allá en mi país Guatemala y yo aquí en México
CA/-/Vancouver/husband in Manila, me in Vancouver
US/-/Miami/mi marido en Santiago de Cuba y yo en Miami
""",
    "going back": """
-/NI/-/no puedo volver a nicaragua por lo que escribí
-/HN/-/a honduras no puedo volver, me buscan
SV/SV/-/quiero regresar a El Salvador con mis hijos
-/GT/-/como es la repatriación a Guatemala
HN/HN/-/los que volvemos a honduras tenemos alguna ayuda?
-/EC/-/if they send me back to Ecuador I die
-/CM/-/I cannot go back to Cameroon
-/HT/-/what happen if dem deport me to haiti
GT/GT/Quetzaltenango/ya de vuelta en xela sin trabajo
HN/HN/-/recién deportada a honduras, vengo sin nada
SV/SV/-/volví a El Salvador hace un mes y no encuentro trabajo
NI/NI/-/I just got back to Nicaragua, where can I find work
-/VE/-/me quiero devolver para Venezuela, quien me ayuda
MX/SV/-/a el salvador ya no puedo regresar, estoy en mexico
-/CU/-/tengo miedo que me manden de regreso a Cuba
""",
    "soy de": """
-/HN/-/soy garífuna de Tela
-/EC/-/yo soy de allá de Tulcán
-/BZ/-/Ah da Garifuna from Dangriga
-/CO/-/tengo dos niños y soy de Buenaventura
-/GT/-/somos mames de Todos Santos Cuchumatán
-/PE/-/pues yo soy de un pueblito de Perú
US/GT/-/soy indígena quiché de Totonicapán, en estados unidos
-/HN/-/I was nurse in Tegucigalpa
-/PH/-/in Manila I was a teacher
-/HN/-/i'm a single mother from Choloma
-/NI/-/la verdad es que nosotros somos de Chinandega
-/VE/-/era maestra en Maracaibo
-/HN/-/I am Garifuna from Honduras
-/NI/-/somos miskitas de Puerto Cabezas
-/CU/-/me llamo Yuli, de Camagüey, Cuba
""",
    "I am": """
MX/HN/-/mi esposo es mexicano y yo soy hondureña, vivimos en México
LB/SY/-/I'm Syrian, my kids were born in Lebanon
-/HN/-/él es hondureño como yo
CR/NI/-/trabajo en Costa Rica, nicaragüense
-/HT/-/my papa from Cuba but I am Haitian
-/GT/-/no soy mexicana, soy guatemalteca
-/CO/-/yo colombiana, él peruano
-/SV/-/as a Salvadoran woman what can I do
MX/CU/-/somos cubanas y pasamos por Guatemala, ya en México
CL/PE/Santiago/peruana en santiago de chile
-/BZ/-/I'm Belizean, my husband Guatemalan
US/HN/-/my coyote was Mexican, I am Honduran in the US
-/HN/-/Honduran like me, she wants help too, the neighbor
""",
    "somebody from there": """
-/-/-/una vecina de Honduras me contó
-/-/-/mi cliente de Colombia no me paga
-/-/-/un hombre de Guatemala me sigue
-/-/-/a friend from Haiti told me
-/-/-/el coyote de Huehuetenango nos dejó
-/-/-/mi patrona que es de Venezuela me grita
-/-/-/a man from Nigeria wants to marry me online
-/-/-/my roommate from Ecuador steals my food
MX/-/Monterrey/mi amiga de El Salvador está en Monterrey
-/-/-/hay unas muchachas de Nicaragua aqui que no comen
-/-/-/the women from Venezuela get more than us
-/-/-/el muchacho es de Cuba
""",
    "consulates": """
-/HN/-/donde esta el consulado de honduras
MX/GT/Tijuana/consulado de Guatemala en Tijuana
-/SV/-/number for the salvadoran consulate
-/VE/-/la embajada de venezuela abre los lunes?
US/HN/Houston/Honduran consulate in Houston appointment
-/-/-/mi vecina pregunta por el consulado de Colombia
-/-/-/my boyfriend needs the consulate of Mexico
-/NI/-/me atienden en el consulado nicaragüense sin cedula?
CA/MX/Toronto/mexican consulate toronto
-/CU/-/cuanto cobra el consulado cubano
PA/CO/-/consulado de Colombia en Panamá
US/-/-/cita en la embajada americana
""",
    "on the way": """
MX/-/-/pasé por Guatemala y ya estoy en México
CR/-/-/crucé Panamá, ahora en Costa Rica
MX/-/Tapachula/after Guatemala we came to Tapachula
-/VE/-/soy venezolana, venimos cruzando Colombia
US/-/-/mi vuelo desde Bogotá llegó a Estados Unidos
MX/VE/-/passed already by Honduras, Venezuelan, in Mexico now
PA/-/-/pasé el Darién, estoy en Panamá
HN/-/-/between Nicaragua and Danli they robbed us, we are in Honduras
CR/HT/-/we cross Panama already, Haitian family, in Costa Rica
GT/-/-/después de Honduras llegamos a Guatemala
MX/-/Oaxaca/entre Chiapas y Oaxaca nos asaltaron, seguimos en Oaxaca
US/CU/-/cubana, atravesé Nicaragua y México, ya en los estados unidos
""",
    "papers for going there": """
US/HT/-/TPS for Haiti ended?
US/HN/-/el tps de honduras lo renuevan
US/SV/-/TPS El Salvador renewal
US/-/-/visa para ir a Estados Unidos
US/NI/-/nicaraguan TPS how much
US/-/-/visa to go to the US
CA/-/-/necesito visa para ir a Canadá
MX/-/-/visa para entrar a México de visita
US/VE/-/ya se acabó el TPS para Venezuela
US/HN/-/tps para hondureños hasta cuando
US/CU/-/el parole de Cuba sigue
CA/-/-/work permit for Canada how
CR/-/-/permiso para trabajar en costa rica
""",
    "where I left": """
-/VE/-/me robaron en el camino desde que salí de Venezuela
-/HN/-/where I left, Honduras, the gang still asks for me
-/GT/-/since we left Guatemala my girl is sick
-/CO/-/out of Colombia six months already
-/CU/-/me fui de Cuba en balsa
-/SV/-/salimos huyendo de Apopa
US/GT/-/I ran from Guatemala, in the US now
-/NI/-/dejé Nicaragua con una mochila
MX/EC/-/huimos de Esmeraldas y estamos en México
-/CD/-/we fled Congo in 2020
-/HN/-/I escaped Choloma with two kids
-/VE/-/we have been walking since Caracas
-/AF/-/since I left Kabul I have not slept
""",
    "a country that is served beside one that is not": """
CA/GH/Calgary/my aunt in Kumasi brought me, from Ghana, now Calgary
PA/-/-/how my brother in Lagos can send me money to Panama
MX/-/-/the recruiter in Warsaw says there is a flat in Mexico
CR/-/-/mi papá está en Damasco, qué visa le pido para Costa Rica
""",
    "a life that was elsewhere": """
-/SY/-/in Aleppo I had a bakery, here nobody asks what I know
-/IR/-/nationality Iran and no passport
MX/UA/Mexicali/I am of Ukraine, I arrived to Mexicali on Sunday
MX/CU/Tapachula/en Holguín dejé a mi niña, estoy en Tapachula
-/-/-/no sleep since Darien
-/-/-/llevo enferma desde el Darién
-/-/-/my mother died in Tegucigalpa and I couldn't go
""",
    "born or married there": """
CR/-/-/my wife and me married in Mexico, does Costa Rica let her join me
GT/-/Mixco/los niños nacieron en Carolina del Norte, los aceptan en la escuela de Mixco?
US/-/California/mi hijo nació en California
MX/-/-/me casé en México
MX/CU/-/soy de La Habana, cómo homologo el título aquí en México
""",
    "back from there": """
GT/-/Quetzaltenango/I came back from Houston, in Quetzaltenango is there work for the returned
MX/MX/Oaxaca/me regresé de California a Oaxaca porque mi mamá enfermó
""",
    "sent or done from there": """
BZ/-/-/from Belize send money to Choluteca, what is cheapest
MX/-/Matamoros/mi hermana desapareció en Matamoros, how do I report her missing from Texas
""",
    "a word for those of a town or a province": """
PA/CO/-/soy bogotana y trabajo en Panamá en un hotel
US/HN/Houston/mujer olanchana aqui en Houston sin papeles
CA/CO/Toronto/busco ayuda, caleña en Toronto
MX/CU/Tapachula/habanera, 34 años, en tapachula, sin trabajo
CR/NI/-/le saluda una chontaleña desde Costa Rica
CR/PA/Coto Brus/somo ngabe de la comarca, venimo coger cafe en coto brus
-/CO/-/mi vecina es caleña y le pega el marido
-/-/-/un bogotano me ofrecio trabajo
""",
    "who she is, without soy": """
MX/HT/Tapachula/hay sicologo para nosotra haitiana en tapachula
DO/HT/Barahona/yo mujer haitiana vive aqui Barahona 6 año
MX/HN/Tapachula/un monton de catrachas en tapachula y ni agua hay
US/HT/Springfield/nobody rent to a haitian here in Springfield
US/GT/Baltimore/agarraron a mi esposo en Baltimore, el es guatemalteco yo tambien
MX/US/Oaxaca/im in Oaxaca, back in Texas where im from they lock you up
GT/US/-/lost my US passport in Guatemala
US/-/Boston/my american husband hits me, we live in Boston
NI/US/Estelí/born in Texas, husband is nica, we settled in Estelí
US/US/Phoenix/I was born here in Phoenix but they took my mom
CR/-/Ciudad Neily/nosotros somos de aqui de Ciudad Neily
-/MX/-/mataron a mi esposo en Durango, mi tierra, y no hay justicia
""",
    "what a country does to her papers": """
-/NI/-/Además Nicaragua no me quiere renovar el pasaporte
-/CU/-/cuba doesnt renew my passport
MX/-/-/México no me da los papeles y ya llevo un año
CR/NI/-/Costa Rica no me da la cedula, soy nica
""",
    "thrown out of there, to here": """
MX/MX/Tijuana/me echaron para tijuana anoche despues de 27 años en fresno soy de michoacan
BZ/BZ/Dangriga/They deported me back to Belize after 35 yrs in Los Angeles, now I sleep in Dangriga
HN/HN/San Pedro Sula/They deported me from Louisiana to San Pedro Sula last week
CR/CR/-/soy tica, me deportaron de New Jersey y no tengo casa
GT/GT/Cobán/ya no estoy en Mexico, me regrese a mi casa en Coban
US/-/-/I was deported from the US, can I ever go back
MX/HN/-/soy hondureña, después de 3 años en México todavia no tengo papeles
MX/-/Tapachula/me bajaron del bus en Tapachula y me quitaron el dinero
""",
    "passed, one after the other": """
MX/-/Tijuana/I passed Tapachula, Oaxaca, Monterrey, now eleven months in Tijuana
CR/VE/San José/de Maracaibo crucé el Darién pa venir a parar a San José de Costa Rica
CA/JM/Toronto/I came from Kingston to Toronto for nothing
""",
    "where she says she is, and who is elsewhere": """
DO/-/Santiago/el vive en nueva york y yo aqui en santiago
DO/-/Elías Piña/oiga, yo desde Elias Piña casi no tengo señal
US/-/Chicago/the DIF has my girl in Villahermosa, I'm her mother in Chicago
BZ/-/Punta Gorda/she deh Puerto Barrios, I want bring her to PG where I live
HN/-/Ocotepeque/salgo el domingo de ocotepeque con mi niña
CO/-/Necoclí/bye, we leave Necoclí tomorrow with the boat
CA/-/Toronto/estoy en Toronto y mi exnovio desde Cali me amenaza
CR/NI/Escazú/la señora de escazu me pone a dormir a las 12, soy de leon nicaragua
-/-/-/mi esposo me pega, mi hija la que esta en florida dice que me vaya con ella
US/-/Houston/mi hermana está en Houston y dice que su patron no le paga
""",
    "names of people and of things": """
-/-/-/busco a mi hermana Virginia
-/-/-/he was wearing a red cap, my son Israel
-/-/-/la niña se va a llamar Florencia
-/-/-/vendo panama hats originales
US/-/Virginia/vivo en Virginia con mi hijo Jordan
CR/-/-/no es la Santa Ana de El Salvador, es la de Costa Rica
""",
    "what is of a country tells it where nothing else does": """
HN/-/-/dicen que es solo pa hondureños esa ayuda
CA/-/-/every job wants Canadian experience
BZ/-/-/me casé con beliceño y me pega
PA/-/-/tengo un hijo panameño de 2 años
MX/-/-/el salario es el mismo para una extranjera que para una mexicana
-/-/-/casada con haitiano
US/-/Dallas/me casé con mexicano, vivo en Dallas
""",
    "in capitals, and at the border": """
CR/-/-/cuánto cuesta la residencia en CR
DO/-/-/como saco el acta en RD
SV/-/El Poy/estoy en el poy
CO/-/Tibú/nos sacaron de la finca en Tibú
SV/-/Cabañas/mis hijos viven en cabañas
BZ/-/San Pedro/dehn cheat mi, di hotel work eena San Pedro
BZ/-/Punta Gorda/di clinic da Punta Gorda seh come back
US/-/Miami/is there a clinic in Little Haiti
-/-/-/what law protects us, refugees
""",
    "a town that says nothing more": """
CO/-/Necoclí/necocli como salgo
EC/-/Guayaquil/un hospital Guayaquil
CO/-/Cali/Cali, hay albergue?
GH/-/Accra/my children in Accra need school
AF/-/Kabul/my mother is in Kabul sick
UA/-/Odesa/Odesa, my sister is there
HT/-/Les Cayes/mi hija en Les Cayes
US/-/Chicago/chicago abogado
EC/-/Tulcán/Tulcán frontera
CO/-/Ipiales/en Ipiales hace frio
VE/-/San Cristóbal/estoy en san cristobal venezuela
PE/-/Tumbes/Tumbes migraciones
CM/-/Bamenda/Bamenda is burning
UA/-/Kharkiv/school in Kharkiv online
BR/-/Boa Vista/estamos en Boa Vista
""",
}


@pytest.mark.parametrize(
    ("country", "origin", "city", "text"),
    [row for table in TABLES.values() for row in rows(table)],
)
def test_the_sentence_says_what_a_place_is_to_her(
    finder: PlaceFinder, country: str | None, origin: str | None, city: str | None, text: str
) -> None:
    said = summarise(finder.find(text))

    town = said.city and name_key(said.city)
    assert (said.country, said.origin, town) == (country, origin, city and name_key(city)), text


@pytest.mark.parametrize(("text", "guessed"), [
    ("me casé con beliceño, ocupo permiso para trabajar?", True),
    ("me casé con beliceño y vivo en Corozal", False),
    ("estoy en Belice", False),
    ("mi COMAR me negó", False),
])  # fmt: skip
def test_the_country_of_people_spoken_of_is_only_a_guess(
    finder: PlaceFinder, text: str, guessed: bool
) -> None:
    assert summarise(finder.find(text)).guessed is guessed
