"""Invented names and plain sentences to compose texts of. Swedish, because the users are."""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIRLS = _listed(
    """
    Alva Alma Agnes Aisha Amina Astrid Bianca Cornelia Dilan Ebba Edith Elin Elsa Emelie Ester
    Fatima Freja Gabriella Greta Hanna Hedda Helin Ida Ines Ingrid Iris Jasmin Juni Karin Kerstin
    Klara Leila Leia Lisa Livia Lova Lovisa Lykke Maja Majken Mariam Matilda Melina Mira Moa Molly
    Märta Nadia Nora Novalie Olivia Ottilia Rebecka Ronja Rut Saga Samira Sanna Selma Signe Sigrid
    Siri Sofia Stina Svea Tilda Tindra Tova Tuva Tyra Vera Vilda Vilma Yasmin Zahra Åsa Åsa-Lotta
    """
)
BOYS = _listed(
    """
    Adam Adrian Albin Alexander Alfred Ali Alvar Anton Aron Arvid August Axel Benjamin Björn Carl
    Casper Dante Daniel David Ebbe Eddie Edvin Elias Elis Elliot Emil Erik Folke Frank Gabriel
    Gustav Hampus Harry Hassan Henry Hjalmar Hugo Ibrahim Isak Ivar Jack Jakob Joel Jonathan Josef
    Julian Karim Kasper Kevin Kian Leo Leon Liam Linus Loke Love Ludvig Malte Matteo Max Melker
    Melvin Milo Mohammed Nils Noah Noel Olle Omar Oskar Otto Ove Pelle Rasmus Samuel Sebastian
    Sigge Sixten Tage Theo Thor Tim Valter Viggo Viktor Vidar Vincent Yusuf Åke Örjan
    """
)
WOMEN = _listed(
    """
    Anna Annika Birgitta Camilla Carina Caroline Cecilia Charlotta Elisabet Emma Erika Eva Frida
    Gunilla Helena Jenny Jessica Johanna Josefin Katarina Kristina Lena Lina Linda Louise
    Madeleine Malin Maria Marie Monica Nathalie Petra Pia Sara Sofie Susanne Therese Ulrika
    Veronica Zeynep
    """
)
MEN = _listed(
    """
    Anders Andreas Bengt Christer Claes Dragan Fredrik Göran Henrik Håkan Jan Jens Johan Jonas
    Kristian Lars Magnus Marcus Martin Mattias Michael Mikael Niklas Ola Patrik Per Peter Rikard
    Robert Stefan Sten Thomas Tobias Tomas Ulf Urban
    """
)

_SURNAME_FIRST = _listed(
    """
    Al Alm Ask Berg Björk Blom Bok Brink Dal Ek Eng Fager Fors Gran Gull Hag Hass Hed Holm Kast
    Kron Kvarn Käll Lind Ljung Lund Löv Malm Mark Myr Norr Näs Ros Rönn Sjö Skog Sten Ström Sund
    Söder Tall Torn Vik Väster Ång Åker Älv Ö Öster Silver
    """
)
_SURNAME_LAST = _listed(
    """
    backe bär dahl fjäll gard grund hage hammar havn hult kulla kvarn lid löt moss myr näset red
    rot sjö skär stig strömmer strand säter torp vall vass vret ås äng öga
    """
)
_MADE_UP = _listed(
    """
    Abdikar Beravan Çelimir Darvish-Holmås Ekabala Farahzin Ghebremyr Haddoun Ismetaj Jankovar
    Koravik Lemaran Mirzaback Nurhaga Osmanell Petrovall Qadiri-Älvlöt Rezaberg Sahlqvir
    Tesfamark Umarsson-Tallvret Vukotäng Warsamell Yildirhage Zerekull
    """
)
SURNAMES = (
    *(first + last for first in _SURNAME_FIRST for last in _SURNAME_LAST if first[-1] != last[0]),
    *_MADE_UP,
)

STREETS = _listed(
    """
    Alviksbacken Bergfotsgränd Domherrestigen Ekorrvägen Fyrverkarvägen Granitvägen Hjortronvägen
    Idrottsplatsvägen Järnspisgatan Kardborrevägen Lingonrisgränd Mossullsvägen Nyponstigen
    Odlingslottsvägen Plommonträdsgatan Ripstigen Smultronbacken Tallkottsvägen Uttervägen
    Vattenledningsgränd Åkervindevägen Ängsullsvägen Överlöparstigen
    """
)
PLACES = _listed(
    """
    Stenhaga Tallbacken Ekvik Västeräng Kvarnlöt Norrmyra Ljungdal Sjöhult
    """
)
MOVED_TO = _listed(
    """
    Granvik Björknäs Södermyra Hultsjö Nordankulla Åsbacka
    """
)
LANGUAGES = _listed(
    """
    arabiska somaliska tigrinja dari polska persiska ukrainska turkiska
    """
)

_SCHOOL = _listed(
    """
    Tallkotte Björkbacke Ekvik Kvarnlöt Stenhage Norrmyra Sjöhult Ljungdal Ängsull
    """
)
ORGANISATIONS = {
    "police": (
        "Polisregion Mälarlandet, grova brott",
        "Polisen, lokalpolisområde Tallbacken",
        "Polisen, ungdomsjouren",
        "Polisen, ingripandeverksamheten",
    ),
    "school": (*(f"{name}skolan" for name in _SCHOOL), "Ekviks anpassade grundskola"),
    "preschool": tuple(
        f"Förskolan {name}en"
        for name in ("Nyckelpigan", "Solrosen", "Blåklockan", "Skogsgläntan", "Myrstacken")
    ),
    "health_care": (
        "Tallbackens vårdcentral",
        "Barnavårdscentralen Ekvik",
        "Barnakuten, Mälarsjukhuset",
        "Ungdomsmottagningen Stenhaga",
    ),
    "psychiatry": (
        "Barn- och ungdomspsykiatrin Stenhaga",
        "Vuxenpsykiatrin Norrmyra",
        "Barn- och ungdomspsykiatrins akutmottagning",
    ),
    "dental_care": ("Folktandvården Tallbacken", "Folktandvården Ekvik"),
    "social_services": (
        "Socialjouren",
        "Enheten för ekonomiskt bistånd",
        "Vuxenenheten, missbruk och beroende",
        "Socialtjänsten i Granvik",
    ),
    "other_authority": ("Kriminalvården, frivården", "Migrationsverket", "Försäkringskassan"),
}

SCHOOL_TITLES = ("rektor", "biträdande rektor", "kurator", "skolsköterska", "specialpedagog")
TITLES = {
    "police": ("polisinspektör", "utredare", "yttre befäl"),
    "school": SCHOOL_TITLES,
    "preschool": ("rektor", "förskollärare"),
    "health_care": ("distriktssköterska", "läkare", "barnmorska", "kurator"),
    "psychiatry": ("kurator", "psykolog", "överläkare"),
    "dental_care": ("tandläkare", "tandsköterska"),
    "social_services": ("socialsekreterare", "budget- och skuldrådgivare"),
    "other_authority": ("handläggare",),
}

OPENINGS = {
    "police": (
        "Polisen har varit på plats med anledning av ett larm.",
        "Polispatrull påträffade den unge i samband med ett ingripande.",
        "Anmälan har upprättats efter förhör.",
    ),
    "school": (
        "Skolan anmäler efter samråd i elevhälsoteamet.",
        "Mentor och kurator har uppmärksammat en förändring under terminen.",
        "Rektor anmäler efter upprepade samtal med vårdnadshavarna.",
    ),
    "preschool": (
        "Förskolan anmäler efter samtal i arbetslaget.",
        "Personalen har sedan en tid känt oro vid hämtning och lämning.",
    ),
    "health_care": (
        "Anmälan görs i samband med ett besök på mottagningen.",
        "Barnet har vid upprepade tillfällen uteblivit från bokade besök.",
    ),
    "psychiatry": (
        "Anmälan görs efter ett bedömningssamtal.",
        "Föräldern har kontakt med mottagningen och har berättat om hemmet.",
    ),
    "dental_care": (
        "Barnet har uteblivit från tre bokade besök.",
        "Vid undersökning sågs omfattande obehandlad karies.",
    ),
    "social_services": (
        "Uppgifterna har kommit fram i ett pågående ärende.",
        "Jouren har haft kontakt med familjen under natten.",
    ),
    "other_authority": ("Uppgifterna har framkommit i myndighetens ärende.",),
    "private": ("En granne ringer och är orolig.", "Anmälaren känner familjen sedan flera år."),
    "anonymous": ("Anmälaren vill vara anonym.", "Anonym uppringare."),
    "parent": (
        "Föräldern ringer själv och ber om hjälp.",
        "Föräldern ansöker om stöd för familjen.",
    ),
    "child": ("Den unge kontaktar socialtjänsten på egen hand.",),
    "relative": ("En släkting hör av sig med oro.", "Mormor ringer och är orolig."),
}

CONCERNS = {
    "violence": (
        "Barnet berättar att en vuxen i hemmet slår med handen och drar i håret.",
        "Barnet har blåmärken på överarmarna som det inte vill förklara.",
        "Barnet säger sig vara rädd för att gå hem.",
    ),
    "witnessed_violence": (
        "Barnet har hört och sett bråk mellan de vuxna under natten.",
        "Det var barnet som ringde nödnumret.",
        "I lägenheten fanns krossat porslin; barnet satt i ett låst badrum.",
    ),
    "honour": (
        "Flickan får inte ha kontakt med kamrater utanför släkten.",
        "Den unge uttrycker rädsla för att bli bortrest under lovet.",
    ),
    "sexual_abuse": (
        "Barnet har för en vuxen på skolan berättat om en händelse som kan vara ett "
        "sexuellt övergrepp.",
    ),
    "neglect": (
        "Barnet kommer hungrigt och utan kläder efter väder.",
        "Barnet lämnas ensamt på kvällarna.",
        "Hemmet beskrivs som smutsigt och utan mat.",
    ),
    "parent_substance": (
        "En av föräldrarna har varit påverkad vid hämtning.",
        "Tomma flaskor och läkemedel låg framme i bostaden.",
        "Föräldern har återfallit i missbruk enligt egen uppgift.",
    ),
    "parent_mental_health": (
        "Föräldern har svårt att orka med vardagen sedan en tid.",
        "Föräldern vårdas för depression och barnet tar stort ansvar hemma.",
    ),
    "parent_conflict": (
        "Föräldrarna kan inte samarbeta och barnet vägrar byta boende.",
        "Överlämningarna slutar i bråk.",
    ),
    "own_substance": (
        "Den unge testades positivt för cannabis.",
        "Den unge påträffades kraftigt berusad.",
    ),
    "crime": (
        "Den unge är misstänkt för snatteri.",
        "Den unge är misstänkt för rån mot jämnårig.",
        "Den unge är misstänkt för skadegörelse och olaga hot.",
        "Den unge är misstänkt för narkotikainnehav.",
    ),
    "school_absence": (
        "Frånvaron är över 60 procent sedan terminsstarten.",
        "Den unge har inte varit i skolan på fem veckor.",
    ),
    "mental_health": (
        "Den unge skadar sig själv och talar om att inte vilja leva.",
        "Barnet sover dåligt, äter lite och drar sig undan.",
    ),
    "disability_needs": (
        "Familjen orkar inte längre ge det stöd som funktionsnedsättningen kräver.",
    ),
    "financial": ("Familjen har sagts upp från bostaden på grund av hyresskuld.",),
    "other": ("Uppgifterna är oklara men oron beskrivs som växande.",),
}
CLOSINGS = (
    "Vårdnadshavarna är informerade om anmälan.",
    "Vårdnadshavarna är inte informerade, av hänsyn till barnets trygghet.",
    "Anmälaren önskar bli kontaktad för frågor.",
    "Det finns yngre syskon i hemmet.",
    "Familjen är inte känd sedan tidigare, såvitt anmälaren vet.",
    "Liknande uppgifter har lämnats tidigare.",
)

PROTECTION = {
    "no_immediate_need": (
        "Barnet är i trygghet hos den förälder som inte berörs av oron. Inget akut behov av skydd.",
        "Enligt samtal med anmälaren finns ingen akut fara. Barnet är i skolan under dagen.",
        "Vårdnadshavarna samarbetar och har gjort en skyddsplan för de närmaste dagarna.",
    ),
    "protection_needed": (
        "Barnet bedöms behöva skydd. Gruppledaren är informerad och samtal hålls samma dag.",
        "Uppgifterna är så allvarliga att barnet inte bör återvända hem innan samtal hållits.",
    ),
    "protected": (
        "Barnet har tillsammans med den ena föräldern kommit till skyddat boende.",
        "Barnet vistas hos mormor med båda vårdnadshavarnas samtycke.",
    ),
}
SUPPORT = (
    "Familjebehandlare på plats samma kväll.",
    "Plats i jourhem under natten.",
    "Matkort och resor till släkting.",
)

OPEN_RATIONALE = (
    "Uppgifterna tyder på att barnet kan behöva skydd eller stöd. Utredning inleds.",
    "Oron är återkommande och har inte minskat trots tidigare råd. Utredning inleds.",
    "Våld i hemmet kan inte uteslutas. Utredning inleds för att klarlägga behovet av skydd.",
)
CLOSE_RATIONALE = (
    "Vårdnadshavarna har tagit emot råd och har kontakt med elevhälsan. Utredning inleds inte.",
    "Uppgifterna är enstaka och barnet har ett fungerande nätverk. Utredning inleds inte.",
    "Efter samtal med barnet och vårdnadshavarna bedöms behovet tillgodosett genom öppna insatser.",
)
JOIN_RATIONALE = ("Utredning pågår redan. Uppgifterna tillförs den pågående utredningen.",)
UNASSESSED = "Bedömdes muntligt vid samtalet, anteckningen gjordes aldrig."
LATE_DECISION = (
    "Vårdnadshavarna gick inte att nå trots upprepade försök och tolk fick bokas om.",
    "Sjukfrånvaro i mottagningsgruppen.",
    "Barnet vistades utomlands och kunde inte träffas förrän efter fristen.",
)
EXTENSION = (
    "Särskilda skäl: barnpsykiatrisk bedömning har dröjt och är avgörande för bedömningen.",
    "Särskilda skäl: polisutredningen pågår och barnförhöret har inte kunnat hållas.",
    "Särskilda skäl: språktolk på barnets språk har inte funnits att tillgå.",
)
PLAN = (
    "Utredningen ska klarlägga barnets trygghet hemma, föräldrarnas förmåga och behovet av stöd.",
    "Samtal med barnet enskilt, med vårdnadshavarna var för sig och tillsammans.",
    "Uppgifter hämtas från skola eller förskola samt hälso- och sjukvård, med samtycke.",
    "Avstämning med gruppledaren efter två månader.",
)
NOTES = {
    "child_conversation": (
        "Barnet berättar om sin vardag och vad som är bra och svårt hemma. Barnet vill att "
        "bråken ska sluta.",
        "Samtal med hjälp av nallekort. Barnet är fåordigt men lugnt.",
        "Den unge är tydlig med vad hen vill ha hjälp med och vem som ska få veta.",
    ),
    "home_visit": (
        "Hemmet är ordnat, barnet visar sitt rum. Samspelet är varmt men trött.",
        "Föräldern berättar om sömnsvårigheter. Barnet leker under besöket.",
    ),
    "guardian_contact": (
        "Vårdnadshavaren beskriver sin syn på oron och vilket stöd familjen har.",
        "Samtal om gränssättning. Föräldern vill gärna ha hjälp.",
        "Vårdnadshavaren är kritisk till anmälan men samarbetar.",
    ),
    "school_contact": (
        "Skolan beskriver god närvaro men svårt med koncentrationen.",
        "Mentor berättar att barnet ofta är ensamt på rasterna.",
    ),
    "care_contact": ("Mottagningen bekräftar att kontakten pågår och är regelbunden.",),
    "sip_meeting": ("Samordnad individuell plan upprättad med skola och barnpsykiatri.",),
    "network_meeting": ("Nätverksmöte med mormor, faster och tränare. Alla vill hjälpa till.",),
    "journal": ("Avstämning med kollega inför bedömning.", "Handlingar inkomna och lästa."),
    "other_contact": ("Kontakt med fritidsledaren, som beskriver den unge som omtyckt.",),
}
PRESENT = {
    "child_conversation": "Barnet, socialsekreterare",
    "home_visit": "Barnet, föräldrar, två socialsekreterare",
    "guardian_contact": "Vårdnadshavare, socialsekreterare",
    "school_contact": "Mentor, kurator",
    "care_contact": "Behandlare",
    "sip_meeting": "Vårdnadshavare, skola, barn- och ungdomspsykiatri",
    "network_meeting": "Föräldrar, mormor, faster, socialsekreterare",
    "journal": "",
    "other_contact": "Fritidsledare",
}
TOOK_PART = (
    "Enskilt samtal och hembesök.",
    "Telefonsamtal och möte på kontoret.",
    "Två möten, ett av dem med tolk.",
)
TOOK_NO_PART = (
    "Har inte svarat på kallelser eller telefon.",
    "Vistas utomlands.",
    "Kontaktförbud; hörs inte i utredningen.",
)
VIOLENCE = (
    "Slag med öppen hand vid minst två tillfällen enligt barnet.",
    "Barnet har bevittnat att den ena föräldern knuffat och hotat den andra.",
    "Hot och kontroll över telefon och kläder; släktingar deltar.",
)
NO_POLICE_REPORT = (
    "Polisanmälan är redan gjord av anmälaren.",
    "Barnets bästa talar mot en anmälan nu: uppgifterna är gamla och barnet är tryggt.",
)
NEEDS = (
    "Barnet behöver vuxna som håller överenskommelser och ett hem utan våld.",
    "Barnet behöver stöd i skolan och tid med den förälder det litar på.",
    "Den unge behöver hjälp att bryta med kamrater som drar in hen i brott.",
)
RISKS = (
    "Tidigare anmälningar, ekonomisk stress och litet nätverk.",
    "Förälderns missbruk och konflikt mellan vuxna.",
    "Kamrater med kriminella vanor, hög skolfrånvaro.",
)
PROTECTIVE = (
    "Trygg anknytning till mormor, tycker om skolan.",
    "Föräldern söker själv hjälp och följer överenskommelser.",
    "Fritidsintresse och två nära vänner.",
)
DOCUMENT = {
    "background": (
        "Utredningen inleddes efter en anmälan om oro. Familjen har varit känd sedan "
        "tidigare anmälningar som inte lett till utredning.",
        "Utredningen inleddes efter anmälan. Familjen var inte tidigare känd.",
    ),
    "child_view": (
        "Barnet beskriver att det är lugnare hemma nu men oroar sig för helgerna.",
        "Barnet vill bo kvar hemma och vill att föräldrarna får hjälp.",
    ),
    "guardians_view": (
        "Föräldrarna delar till stor del oron och tar emot stöd.",
        "Föräldrarna har olika bild av vad som hänt. Modern vill ha stöd.",
    ),
    "others_view": (
        "Skolan beskriver god utveckling men återkommande frånvaro på måndagar.",
        "Mottagningen ser ett behov av fortsatt kontakt.",
    ),
    "assessment": (
        "Barnets behov av trygghet och förutsägbarhet är inte fullt tillgodosett. "
        "Föräldrarnas förmåga bedöms kunna stärkas med stöd.",
        "Oron har minskat under utredningstiden och nätverket bär.",
    ),
    "best_interests": (
        "Det är förenligt med barnets bästa att bo kvar hemma med stöd. Barnets "
        "egen vilja har vägts in utifrån ålder och mognad.",
        "Barnets bästa har prövats mot risken för fortsatt konflikt.",
    ),
    "proposal": (
        "Föreslås att utredningen avslutas med familjebehandling.",
        "Föreslås att utredningen avslutas utan insats.",
    ),
}
CONCLUSION = {
    "intervention": (
        "Behovet kan inte tillgodoses på annat sätt. Insats beviljas.",
        "Barnet och familjen behöver stöd över tid. Insats beviljas enligt ansökan.",
    ),
    "no_intervention": (
        "Behovet är tillgodosett genom familjens nätverk och elevhälsan.",
        "Familjen tackar nej till insats och det finns inte skäl för vård utan samtycke.",
    ),
    "child_moved_completed": (
        "Utredningen är slutförd trots flytten och har med samtycke "
        "överlämnats till den nya kommunen.",
    ),
}
COMMUNICATED = (
    "Genomgång på möte, skriftligt underlag överlämnat.",
    "Underlaget skickat med post, genomgång per telefon.",
    "Muntlig genomgång anpassad efter barnets ålder.",
)
RESPONSES = (
    "Instämmer i huvudsak.",
    "Vill rätta uppgiften om skolfrånvaron.",
    "Inga synpunkter.",
    "",
)
RETURNED = (
    "Barnets egen röst behöver komma fram tydligare.",
    "Komplettera med vad polisanmälan ledde till.",
)
GOALS = {
    "family_treatment": "Föräldrarna ska ha verktyg för gränssättning utan våld.",
    "contact_person": "Den unge ska ha en trygg vuxen och en meningsfull fritid.",
    "qualified_contact_person": "Den unge ska bryta med kriminella kamrater.",
    "contact_family": "Barnet ska få avlastning en helg i månaden.",
    "bsft": "Familjen ska samarbeta om gemensamma regler.",
    "outpatient_care": "Den unge ska vara drogfri och gå i skolan.",
    "follow_up": "Följa barnets situation efter avslutad utredning.",
    "other": "Praktiskt stöd i hemmet under sex månader.",
}
FOLLOWED_UP = (
    "Målen är delvis uppfyllda. Insatsen fortsätter.",
    "Barnet säger att det är lugnare hemma. Familjen vill fortsätta.",
    "Glesare träffar framöver enligt överenskommelse.",
)
ENDED = ("Målen är uppnådda.", "Familjen har avslutat insatsen.", "Barnet har flyttat.")
HANDOVER = (
    "Nästa samtal är bokat. Skolan är informerad om bytet. Läs anteckningen om säkerhetsplanen.",
    "Barnet har fått träffa den nya handläggaren. Två kontakter återstår: skola och mottagning.",
)
CHANGE_REASONS = ("Föräldraledighet", "Byte av arbetsuppgifter", "Jämnare fördelning i gruppen")
TALK_NOTES = (
    "Samtal hållet med den unge och vårdnadshavare. Information om stöd lämnad.",
    "Den unge tar ansvar för det inträffade.",
    "",
)

GROUP_NAMES = {
    "mottagning": "Mottagningsgruppen",
    "barn-1": "Barngrupp 1",
    "barn-2": "Barngrupp 2",
    "ungdom-1": "Ungdomsgrupp 1",
    "ungdom-2": "Ungdomsgrupp 2",
    "familjevard": "Familjevårdsgruppen",
    "internt-stod": "Internt stöd",
}
