"""How often country, origin and town are understood in whole messages, hard and varied.

A row: country where she is or asks about / where she says she comes from / town / message.
"-" stands for nothing said.
"""

from __future__ import annotations

from collections import Counter

import pytest

from bot.nlu.place_text import name_key
from bot.nlu.places import PlaceFinder, summarise
from tests.nlu.place_tables import rows

MESSAGES = """
MX/HN/Tapachula/buenas, soy hondureña con dos niños y en tapachula ya no hay cupo en ningun albergue
CR/NI/Upala/somos nicas y trabajamos en la piña por upala, el patron no paga la caja
-/VE/-/me vine de venezuela en 2019 con mi esposo y ahora el me quito los papeles
US/GT/Houston/yo soy de huehue y vivo en houston hace 8 años, puedo pedir a mi mama
MX/-/Tijuana/mi marido es salvadoreño y lo tienen en la garita de tijuana
PA/CO/-/salí de Colombia por la selva y ya estoy del lado panameño
MX/HN/-/si vuelvo a honduras me matan, aqui en mexico me pueden dar refugio?
DO/HT/-/pa un haitiano no hay na aqui en dominicana, yo naci en ouanaminthe y no tengo acta
CR/-/San José/la vecina colombiana me dijo que en san jose dan comida los martes
GT/-/Tecún Umán/estamos en el puente de tecun uman y no nos dejan pasar
US/MX/Los Angeles/soy oaxaqueña y limpio casas en los angeles, me deben 3 semanas
MX/CU/Cancún/tengo pasaporte cubano y estoy en cancun esperando la cita
-/-/-/quiero traer a mi hija de honduras, que papeles piden
-/-/-/I want to bring my daughter from guatemala she is 9
US/-/Miami/estoy en miami y quiero reclamar a mis hijos que estan en nicaragua
-/-/-/mi papa es guatemalteco y mi mama beliceña, yo que soy
HN/HN/Choluteca/acabo de volver a Choluteca deportada y no tengo a donde ir
HN/HN/San Pedro Sula/ya de vuelta en san pedro, busco trabajo de cocinera
US/-/-/como le hago para mandar a mi hija a estados unidos con una visa
-/SV/-/a el salvador no puedo volver por las maras
EC/-/Guayaquil/mi tia en guayaquil esta enferma, hay algun hospital gratis alla
MX/-/Reynosa/mi primo salio de Reynosa el lunes y no ha llamado
PA/-/-/me pueden sacar la cedula panameña si mi hijo nacio aqui
US/HT/-/el TPS de Haiti sigue o ya lo quitaron
MX/-/Monterrey/mi marido en Chicago y yo en Monterrey con los niños, como me puede mandar dinero
MX/GT/Comitán/soy chapina, de La Mesilla, y ando trabajando en comitan
CR/NI/-/pedi asilo en costa rica porque en nicaragua me buscan
DO/-/Santiago de los Caballeros/trabajo en una casa en santiago republica dominicana, encerrada
MX/-/Palenque/nos subieron al tren en palenque y nos robaron todo
-/-/-/el coyote era hondureño y nos dejo botadas en el desierto
MX/-/-/una amiga salvadoreña pregunta si comar cierra en diciembre
-/HN/-/donde queda el consulado de honduras, perdi mi pasaporte
MX/HN/Saltillo/el telefono del consulado de honduras en saltillo
US/-/Nueva York/mi hermano esta preso en nueva york y no se de el
CA/-/Toronto/me ofrecen trabajo de niñera en toronto, es verdad o es trata
CA/MX/-/vine a canadá con contrato de México a la fresa y el patron me grita
MX/-/-/aqui a México cuanto sale poner un puesto
MX/-/Arriaga/aqui en la estacion de arriaga hay agua limpia?
CR/-/Paso Canoas/crucé Panamá y llegue a Paso Canoas lado tico
NI/NI/Estelí/volvi a esteli despues de 10 años y mi casa esta en manos de otro
MX/VE/Ciudad Juárez/somos 4 venezolanas en cd juarez durmiendo en la calle
MX/-/Chiapas/puedo salir de Chiapas mientras espero la tarjeta humanitaria
GT/SV/-/soy salvadoreña, me pueden atender en el hospital en Guatemala
-/GT/-/yo soy de allá de Jutiapa y mi ex me amenaza por telefono
US/-/Dallas/mi hija nacida en dallas necesita su seguro social
MX/-/Nuevo Laredo/la ultima vez que la vieron fue en nuevo laredo
-/-/-/los cubanos tienen mas derechos que nosotros o como es
BZ/HN/Belmopán/soy garífuna de Trujillo y vivo en belmopan
-/-/-/un señor de Pakistan me ofrece matrimonio por internet
US/VE/-/la visa para ir a estados unidos siendo venezolana
MX/-/Ciudad de México/ando en la cdmx, en la colonia guerrero, y necesito un ginecologo
CO/-/Necoclí/sigo en necocli sin plata para la lancha
PE/-/Lima/mi esposo se quedó en lima con los niños, los puedo reclamar
-/HT/-/viví en Chile 5 años pero soy haitiana
-/HN/-/deje honduras por la violencia de mi pareja
HN/-/-/cuanto se tarda el pasaporte en honduras
US/-/-/me deportaron de estados unidos y quiero saber si puedo volver a entrar
SV/SV/-/ya estoy de regreso en el salvador y mi hijo se quedo alla
US/GT/-/mis papeles de guatemala sirven aqui en Estados Unidos para casarme
MX/-/Tenosique/mi hermana en tenosique y yo sin saber que hacer
PA/-/Metetí/estamos en meteti con fiebre los niños
-/CO/-/desde que salimos de Buenaventura no hemos dormido en cama
MX/CO/-/la fiscalia en mexico me dijo que por ser colombiana no me toman la denuncia
HN/-/Olanchito/mi hijo esta en Texas con mi hermana y yo aqui en Olanchito
-/-/-/mi jefa es gringa y no me deja usar el baño
CR/-/-/como saco el permiso de trabajo en Costa Rica si mi marido es tico
DO/VE/Punta Cana/venezolana en punta cana, trabajo en un hotel sin contrato
NI/-/Managua/quien me ayuda con el acta de mi niño, nacio en managua
MX/-/Huixtla/pase por guatemala y estoy en huixtla
US/-/-/tengo residencia gringa pero el me la quito
US/MX/Phoenix/soy michoacana indocumentada en phoenix
-/-/-/necesito hablar con alguien por favor estoy sola
-/-/-/que significa soñar con agua
CR/-/Liberia/estoy en liberia, me robaron el celular
HN/-/Danli/hay albergue en danli para gente de paso
-/NI/-/soy pinolera de pura cepa y quiero saber de mis derechos
MX/-/San Luis Potosí/me bajaron del bus en san luis potosi
-/-/-/mi amiga la cubana dice que no vale la pena
GT/-/-/una enfermera mexicana me dijo que en Guatemala me ponen la vacuna gratis
MX/EC/-/ecuatoriana aqui, llevo 3 meses en mexico, ocupo un abogado
US/-/San Antonio/me soltaron en san antonio con un grillete
MX/DO/-/me da miedo regresar a dominicana, él me espera allá, aqui en mexico que puedo hacer
US/HN/Houston/I'm Honduran, 7 years in Houston, boss won't pay overtime
MX/HT/Tapachula/Haitian woman here in Tapachula with baby, need milk
BZ/GT/San Ignacio/we come from Peten and live in San Ignacio, can my daughter go school
-/-/-/my husband is from Guatemala and he hits me
US/SV/-/I left El Salvador in 2016, can I get asylum in the US now
CA/PH/Calgary/I am a Filipina caregiver in Calgary and my employer keeps my passport
CA/JM/Leamington/me come from Jamaica pick tomato in Leamington, boss nah pay
-/SY/-/I'm Syrian and alone with three kids
US/UA/Sacramento/Ukrainian mother in Sacramento, my parole ends in March
US/-/Miami/he is in Nassau and I am in Miami, how do we do the papers
MX/-/Reynosa/last seen in Reynosa on Sunday, red jacket, her name is Wendy
MX/-/Chiapas/can I leave Chiapas while my case is open
US/-/-/nurse shouted that Haitians bring sickness, is that allowed in the US
-/-/-/do I need a Cuban birth certificate for that
CR/-/-/what does Costa Rica give to a child of two Nicaraguans
US/CM/-/fled Cameroon, crossed eight countries, now in US detention
-/GH/-/I was seamstress in Accra before this
DO/-/-/in the Dominican they charge me double because I have no cedula
PA/-/Ciudad de Panamá/stuck in Panama City after they turned us back
MX/-/Mexicali/here at the Mexicali bus terminal with my sister, where to sleep
BZ/BZ/Dangriga/Ah da Garifuna from Dangriga, where I get help with mi pickney
-/-/-/my neighbour from Haiti was taken last night what can I do for her
US/MX/Oregon/how do I renew my Mexican passport from here, I am in Oregon
US/HT/-/TPS for Haiti ends when
-/IN/-/if they send me back to India my brothers will kill me
-/HN/-/how can I get repatriated to Honduras with my kids
HN/HN/La Ceiba/just deported to Honduras, I'm in La Ceiba with nothing
US/-/Durham/my cousin from Olancho lives in Durham NC and needs a clinic
MX/AF/Ciudad de México/I was a teacher in Kabul, now in Mexico City with my mother
CR/-/San José/an American guy in San Jose offered me a job in his bar
-/-/-/a Colombian man at the hotel follows me
US/-/El Paso/they let us go in El Paso with a court date in Denver
US/GT/Georgia/born in Guatemala, raised in Georgia, what am I
US/-/-/my baby has US passport can I stay
CR/NI/-/Nica girl cleaning houses in Costa Rica no contract
BZ/-/Belize City/where the women shelter in Belize City deh
GT/-/Ciudad de Guatemala/my daughter is in a home in Guatemala City, how do I bring her
-/-/-/somebody from Mexico keeps calling me asking for money
MX/-/Monterrey/is there a food bank in Monterrey for foreigners
US/-/Immokalee/crew leader in immokalee charge us for water
PA/VE/Lajas Blancas/passed already by Colombia, now at Lajas Blancas, we are Venezuelan
-/-/-/please help me I can't breathe
-/-/-/what is the capital of france lol
US/-/-/the flight from Bogotá landed and ICE took my sister
-/-/-/us women have to stand together
US/HN/New Orleans/catracha in new orleans lookin for a lawyer
MX/NG/Tapachula/I am Nigerian, French no good, Spanish no good, in Tapachula five months
CA/MX/-/how do I bring my kids from Mexico to Canada, I am Mexican with work permit
CA/-/Montreal/my mother in Port-au-Prince, me here in Montreal, can I sponsor her
CO/-/-/my sister is pregnant in Colombia can she see a doctor free there
-/SV/-/I can never go back to Soyapango
NI/NI/-/I went back to Nicaragua last year and my land is gone
US/-/-/I got a fake visa for USA from a man
US/-/-/does Social Security pay if husband die
-/UA/-/since we left Odesa my son does not talk
MX/-/Juchitán/this message is from Juchitan shelter, we have no light
CR/CU/-/I'm Cuban in Costa Rica and the refugee card expired
GT/HN/Esquipulas/we reach Esquipulas yesterday from Honduras, no money for bus
US/-/Tucson/border patrol dropped me in tucson
US/DO/Bronx/Dominican like my cousin but living in the Bronx
US/GT/Delaware/speak only Mam, from Todos Santos, working chicken plant in Delaware
SV/-/San Salvador/my mom in san salvador needs insulin where can she get it
-/HN/-/in honduras i was nurse, can i use my title
-/-/-/two Mexicans came looking for my brother
PA/CO/Colón/colombiana trabajando en colón, zona libre, sin papeles
BZ/SV/-/Salvadoran mother of 3 in Belize needs birth paper
MX/-/-/my visa for Mexico was refused, can I appeal
CA/SV/Winnipeg/soy de sonsonate pero vivo en winnipeg, hace frio y no tengo abrigo
HN/-/Tela/el dueño del hotel en tela me toca y dice que si hablo me bota
MX/HN/Celaya/somos una familia de El Progreso Yoro, el tren nos dejo en celaya
PA/NI/-/nicaragüense en panamá con carnet vencido
"""

LATER_MESSAGES = """
MX/HN/Tapachula/me llamo Dilcia, hondureña, dos meses en tapachula vendo baleadas, me quitan todo
SV/SV/Chalatenango/soy de chalate y mi ex es pandillero, me dijo que si salgo me encuentra
MX/-/Tijuana/mi hija se me fue con un muchacho de sinaloa y esta en tijuana
US/CO/-/vengo de colombia con visa de turista ya vencida en estados unidos
-/NI/-/necesito una copia de mi partida de nacimiento de Nicaragua
PA/-/-/mi novio panameño dice que si nos casamos en panama me dan papeles
MX/GT/-/yo guatemalteca mi esposo mexicano, vivimos en México y no me deja sacar la fm
CR/-/Puntarenas/limpio casas en puntarenas y la señora francesa no me paga
DO/HT/-/soy hija de haitianos nacida en Haiti y vivo en la dominicana
MX/-/Ciudad Juárez/mi cuñada salio de san luis y nunca llego a cd juarez, donde la busco
HN/-/Tocoa/hay alguna casa de acogida en tocoa para mi y la niña
US/MX/-/me trajeron de mexico de chiquita a estados unidos, puedo ir a la universidad
GT/VE/-/venezolana con 3 hijos pidiendo en las calles de guatemala
US/-/-/que piden para la visa americana de paseo
-/CU/-/en cuba era enfermera, aqui no me reconocen nada
MX/-/Querétaro/vivo en queretaro y mi suegra salvadoreña me cuida el bebe
HN/HN/San Pedro Sula/me deportaron a honduras, llegue a san pedro ayer sin maleta
CR/-/-/las nicas cobran menos que las ticas en costa rica, es legal
MX/-/Mexicali/mi marido cruzo por mexicali y no contesta hace 4 dias
-/GT/-/a guatemala no regreso ni muerta
US/HN/Atlanta/mi mama en olancho y yo en atlanta, soy catracha, como la traigo
-/PE/-/perdi mi dni peruano y el consulado de peru no contesta
-/-/-/un tico me ofrecio trabajo pero me da mala espina
PA/-/-/mi hermano esta preso en panama y yo lejos
MX/-/Salina Cruz/ando por salina cruz y no hay donde bañarse
BZ/SV/-/we from salvador, live in belize 20 years with no paper
-/-/-/mi papa vive en honduras con su otra familia y no me ayuda
NI/-/Rivas/mi niño esta con mi mama en rivas y le pega
MX/-/Tenosique/del albergue de tenosique me corrieron por pelear
US/-/Charlotte/hola vivo en charlotte carolina del norte, clases de ingles gratis?
MX/-/Ixtepec/el tren paro en ixtepec y ya no siguio
MX/-/-/la migra mexicana me quito el dinero
-/-/-/mi amiga es de la india y no habla español
CO/-/Turbo/varados en turbo sin lancha
CA/-/Edmonton/do I need winter boots program in Edmonton
US/SV/Los Angeles/Salvadoran, in LA since 89, want citizen
BZ/JM/-/I'm Jamaican working a call center in Belize, permit finish
MX/-/Piedras Negras/husband is in Piedras Negras with the baby, they took his phone
US/-/-/if I leave America with advance parole can I come back
CA/IN/Surrey/from Punjab, live in Surrey BC, husband controls my money
-/-/-/my boss is from Lebanon and he shouts
CR/CM/-/I am Cameroonian refugee in Costa Rica, want work
PA/-/-/how many days from Colombia to Panama by the jungle
US/-/New Jersey/my cousin in New Jersey want sponsor me, what paper he need
-/ET/-/we fled Ethiopia, five of us
MX/HN/-/Honduras is my country but my baby born in Mexico, which passport
US/-/Laredo/they dumped us on the bridge in Laredo
-/-/-/two Venezuelan boys in my street are hungry who can help them
GT/-/Cobán/my comadre in Coban has twins and no milk
US/PH/-/Filipina nurse, US visa refused twice
MX/-/-/crossed Guatemala last week and now immigration of Mexico hold us
-/HT/-/can't go home to Haiti, gang burn my house
BZ/-/Punta Gorda/need diapers in PG, punta gorda town
US/GT/-/I'm from Guate, live with my tio in the states, school says I need papers
US/-/-/the Mexican consulate told my friend to wait, we are in the US
CR/-/Liberia/in Liberia Costa Rica a man sells job contracts
-/UA/-/my degree from Kharkiv is it valid here
DO/-/Santo Domingo/giving birth in Santo Domingo without papers
US/BZ/-/Belizean in the US with old green card
MX/-/-/what rights have a domestic worker in Mexico
HN/HN/-/my sister got deported to Honduras with her two american kids
US/-/Miami/left my husband in Miami and he has my passport
-/NI/-/I am not from Costa Rica, I am from Nicaragua
CA/-/-/how Canada treat a woman who run from husband
GT/-/-/en guate cobran por denunciar?
DO/VE/-/de Venezuela a República Dominicana llegue en avion y me vencio la visa
US/-/Texas/my nephew is 15 in a shelter in Texas they ask me for fingerprints
MX/-/-/es cierto que en mexico dan trabajo a los haitianos
-/CO/-/salí huyendo de Buenaventura con lo puesto
PA/-/David/I work in David in a bar, owner hold my ID
"""

TOLD = ("country", "origin", "town")


def _score(finder: PlaceFinder, table: str) -> dict[str, float]:
    """F1 of country, origin and town over the rows of `table`."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for *wanted, text in rows(table):
        summary = summarise(finder.find(text))
        understood = (summary.country, summary.origin, summary.city)
        for what, hers, ours in zip(TOLD, wanted, understood, strict=True):
            right[what] += bool(hers) and name_key(hers or "") == name_key(ours or "")
            said[what] += bool(hers) + bool(ours)
    return {what: 2 * right[what] / said[what] for what in TOLD}


@pytest.mark.parametrize("table", [MESSAGES, LATER_MESSAGES], ids=["first", "later"])
@pytest.mark.parametrize("what", TOLD)
def test_nineteen_of_twenty_are_understood(finder: PlaceFinder, table: str, what: str) -> None:
    assert _score(finder, table)[what] >= 0.95
