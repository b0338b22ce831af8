//! What can be wrong with a field: a sentence that says what to do.

use crate::table;

table! {
    /// Why a field's text is refused.
    Flaw;

    NameTooShort
        "Use at least 3 characters"
        "Gebruik minstens 3 tekens"
        "Utilisez au moins 3 caractères"
        "Mindestens 3 Zeichen verwenden"
        "استخدم 3 أحرف على الأقل";

    NameTooLong
        "Use at most 32 characters"
        "Gebruik hoogstens 32 tekens"
        "Utilisez au plus 32 caractères"
        "Höchstens 32 Zeichen verwenden"
        "استخدم 32 حرفًا على الأكثر";

    NameUpperCase
        "Use lower-case letters only: {0}"
        "Gebruik alleen kleine letters: {0}"
        "Utilisez seulement des minuscules\u{202f}: {0}"
        "Nur Kleinbuchstaben verwenden: {0}"
        "استخدم الأحرف الصغيرة فقط: \u{2068}{0}\u{2069}";

    NameBadCharacter
        "Use only a to z, 0 to 9 and dashes: “{0}” cannot be used"
        "Gebruik alleen a tot z, 0 tot 9 en streepjes: “{0}” kan niet"
        "Utilisez seulement a à z, 0 à 9 et des tirets\u{202f}: «\u{202f}{0}\u{202f}» n’est pas possible"
        "Nur a bis z, 0 bis 9 und Bindestriche verwenden: „{0}“ geht nicht"
        "استخدم فقط الأحرف من a إلى z والأرقام من 0 إلى 9 والشرطات: لا يمكن استخدام «\u{2068}{0}\u{2069}»";

    NameFirstNotLetter
        "Begin with a letter"
        "Begin met een letter"
        "Commencez par une lettre"
        "Mit einem Buchstaben beginnen"
        "ابدأ بحرف";

    NameLastIsDash
        "End with a letter or a digit"
        "Eindig met een letter of een cijfer"
        "Terminez par une lettre ou un chiffre"
        "Mit einem Buchstaben oder einer Ziffer enden"
        "اختم بحرف أو رقم";

    NameEncoded
        "The 3rd and 4th character cannot both be dashes"
        "Het 3e en 4e teken kunnen niet allebei een streepje zijn"
        "Les 3e et 4e caractères ne peuvent pas être tous deux des tirets"
        "Das 3. und 4. Zeichen können nicht beide Bindestriche sein"
        "لا يمكن أن يكون الحرفان الثالث والرابع شرطتين معًا";

    NameReserved
        "This name is reserved: choose another one"
        "Deze naam is gereserveerd: kies een andere"
        "Ce nom est réservé\u{202f}: choisissez-en un autre"
        "Dieser Name ist reserviert: wählen Sie einen anderen"
        "هذا الاسم محجوز: اختر اسمًا آخر";

    NameLooksReserved
        "This name reads like “{0}”, which is reserved: choose another one"
        "Deze naam lijkt op “{0}”, die gereserveerd is: kies een andere"
        "Ce nom ressemble à «\u{202f}{0}\u{202f}», qui est réservé\u{202f}: choisissez-en un autre"
        "Dieser Name liest sich wie „{0}“, der reserviert ist: wählen Sie einen anderen"
        "هذا الاسم يشبه «\u{2068}{0}\u{2069}» وهو محجوز: اختر اسمًا آخر";

    EmailShape
        "Write the address as name@example.org"
        "Schrijf het adres als naam@example.org"
        "Écrivez l’adresse comme nom@example.org"
        "Schreiben Sie die Adresse wie name@example.org"
        "اكتب العنوان على شكل name@example.org";

    EmailTooLong
        "This address is too long: 254 characters at most, 64 before the @"
        "Dit adres is te lang: hoogstens 254 tekens, 64 voor de @"
        "Cette adresse est trop longue\u{202f}: 254 caractères au plus, 64 avant le @"
        "Diese Adresse ist zu lang: höchstens 254 Zeichen, 64 vor dem @"
        "هذا العنوان طويل جدًا: 254 حرفًا على الأكثر، 64 منها قبل @";

    EmailBadLocal
        "“{0}” cannot be used before the @"
        "“{0}” kan niet voor de @ staan"
        "«\u{202f}{0}\u{202f}» n’est pas possible avant le @"
        "„{0}“ geht vor dem @ nicht"
        "لا يمكن استخدام «\u{2068}{0}\u{2069}» قبل @";

    EmailBadHost
        "The part after the @ must be a host name such as example.org"
        "Het deel na de @ moet een hostnaam zijn zoals example.org"
        "La partie après le @ doit être un nom d’hôte comme example.org"
        "Der Teil nach dem @ muss ein Hostname wie example.org sein"
        "يجب أن يكون ما بعد @ اسم مضيف مثل example.org";

    GitEmpty
        "Enter the https address of a git repository"
        "Vul het https-adres van een git-repository in"
        "Saisissez l’adresse https d’un dépôt git"
        "Geben Sie die https-Adresse eines Git-Repositorys ein"
        "أدخل عنوان https لمستودع git";

    GitTooLong
        "This address is too long: 2048 characters at most"
        "Dit adres is te lang: hoogstens 2048 tekens"
        "Cette adresse est trop longue\u{202f}: 2048 caractères au plus"
        "Diese Adresse ist zu lang: höchstens 2048 Zeichen"
        "هذا العنوان طويل جدًا: 2048 حرفًا على الأكثر";

    GitBadCharacter
        "“{0}” cannot be part of the address"
        "“{0}” kan niet in het adres staan"
        "«\u{202f}{0}\u{202f}» ne peut pas faire partie de l’adresse"
        "„{0}“ kann nicht Teil der Adresse sein"
        "لا يمكن أن يكون «\u{2068}{0}\u{2069}» جزءًا من العنوان";

    GitShape
        "Write the address as https://host/path"
        "Schrijf het adres als https://host/pad"
        "Écrivez l’adresse comme https://hôte/chemin"
        "Schreiben Sie die Adresse wie https://host/pfad"
        "اكتب العنوان على شكل https://host/path";

    GitUserInfo
        "Leave out the user name and password: the repository must be public"
        "Laat gebruikersnaam en wachtwoord weg: de repository moet openbaar zijn"
        "Retirez le nom d’utilisateur et le mot de passe\u{202f}: le dépôt doit être public"
        "Lassen Sie Benutzername und Passwort weg: das Repository muss öffentlich sein"
        "احذف اسم المستخدم وكلمة المرور: يجب أن يكون المستودع عامًا";

    GitHost
        "The host name in this address is not one: write it as in https://github.com/owner/repository"
        "De hostnaam in dit adres is er geen: schrijf hem zoals in https://github.com/owner/repository"
        "Le nom d’hôte de cette adresse n’en est pas un\u{202f}: écrivez-le comme dans https://github.com/owner/repository"
        "Der Hostname in dieser Adresse ist keiner: schreiben Sie ihn wie in https://github.com/owner/repository"
        "اسم المضيف في هذا العنوان غير صحيح: اكتبه كما في https://github.com/owner/repository";

    GitPort
        "The port after the host name must be a number from 1 to 65535, without zeros in front"
        "De poort na de hostnaam moet een getal van 1 tot 65535 zijn, zonder nullen vooraan"
        "Le port après le nom d’hôte doit être un nombre de 1 à 65535, sans zéros devant"
        "Der Port nach dem Hostnamen muss eine Zahl von 1 bis 65535 sein, ohne Nullen davor"
        "يجب أن يكون المنفذ بعد اسم المضيف رقمًا من 1 إلى 65535 دون أصفار في أوله";

    GitQuery
        "Leave out everything from “?” or “#” on"
        "Laat alles vanaf “?” of “#” weg"
        "Retirez tout à partir de «\u{202f}?\u{202f}» ou «\u{202f}#\u{202f}»"
        "Lassen Sie alles ab „?“ oder „#“ weg"
        "احذف كل شيء بدءًا من «?» أو «#»";

    GitNoPath
        "Add the repository after the host name, as in https://github.com/owner/repository"
        "Zet de repository achter de hostnaam, zoals in https://github.com/owner/repository"
        "Ajoutez le dépôt après le nom d’hôte, comme dans https://github.com/owner/repository"
        "Ergänzen Sie das Repository nach dem Hostnamen, wie in https://github.com/owner/repository"
        "أضف المستودع بعد اسم المضيف، كما في https://github.com/owner/repository";

    GitPath
        "The path of this address cannot be used: write it without “//”, “.”, “..” and encoded characters"
        "Het pad van dit adres kan niet: schrijf het zonder “//”, “.”, “..” en gecodeerde tekens"
        "Le chemin de cette adresse n’est pas possible\u{202f}: écrivez-le sans «\u{202f}//\u{202f}», «\u{202f}.\u{202f}», «\u{202f}..\u{202f}» ni caractères encodés"
        "Der Pfad dieser Adresse geht nicht: schreiben Sie ihn ohne „//“, „.“, „..“ und kodierte Zeichen"
        "لا يمكن استخدام مسار هذا العنوان: اكتبه دون «//» و«.» و«..» والرموز المرمّزة";

    GitNoScheme
        "Begin the address with https://"
        "Begin het adres met https://"
        "Commencez l’adresse par https://"
        "Beginnen Sie die Adresse mit https://"
        "ابدأ العنوان بـ https://";

    GitScheme
        "Only https addresses can be used, not git, ssh, http or others"
        "Alleen https-adressen kunnen, niet git, ssh, http of andere"
        "Seules les adresses https sont possibles, pas git, ssh, http ou d’autres"
        "Nur https-Adressen gehen, nicht git, ssh, http oder andere"
        "يمكن استخدام عناوين https فقط، لا git أو ssh أو http أو غيرها";

    GitAddress
        "This address cannot be used: the repository must be on a public host"
        "Dit adres kan niet: de repository moet op een openbare host staan"
        "Cette adresse n’est pas possible\u{202f}: le dépôt doit être sur un hôte public"
        "Diese Adresse geht nicht: das Repository muss auf einem öffentlichen Host liegen"
        "لا يمكن استخدام هذا العنوان: يجب أن يكون المستودع على مضيف عام";

    GitPortRefused
        "This port cannot be used: leave it out, or use another from 1024 on that serves https"
        "Deze poort kan niet: laat haar weg, of gebruik een andere vanaf 1024 die https spreekt"
        "Ce port n’est pas possible\u{202f}: retirez-le, ou utilisez-en un autre à partir de 1024 qui sert https"
        "Dieser Port geht nicht: lassen Sie ihn weg, oder nehmen Sie einen anderen ab 1024, der https spricht"
        "لا يمكن استخدام هذا المنفذ: احذفه، أو استخدم منفذًا آخر من 1024 فصاعدًا يقدّم https";

    KeyEmpty
        "Paste your public key: the line in ~/.ssh/id_ed25519.pub"
        "Plak je publieke sleutel: de regel in ~/.ssh/id_ed25519.pub"
        "Collez votre clé publique\u{202f}: la ligne dans ~/.ssh/id_ed25519.pub"
        "Fügen Sie Ihren öffentlichen Schlüssel ein: die Zeile in ~/.ssh/id_ed25519.pub"
        "الصق مفتاحك العام: السطر الموجود في ~/.ssh/id_ed25519.pub";

    KeyPrivate
        "STOP: this is a PRIVATE key, which nobody else may see. Paste the line in the file that ends in .pub. If this one has left your computer, make a new key with: ssh-keygen -t ed25519"
        "STOP: dit is een PRIVÉSLEUTEL, die niemand anders mag zien. Plak de regel uit het bestand dat op .pub eindigt. Als deze je computer verlaten heeft, maak dan een nieuwe sleutel met: ssh-keygen -t ed25519"
        "STOP\u{202f}: ceci est une clé PRIVÉE, que personne d’autre ne doit voir. Collez la ligne du fichier qui finit par .pub. Si celle-ci a quitté votre ordinateur, créez une nouvelle clé avec\u{202f}: ssh-keygen -t ed25519"
        "STOPP: das ist ein PRIVATER Schlüssel, den niemand sonst sehen darf. Fügen Sie die Zeile aus der Datei ein, die auf .pub endet. Falls dieser Ihren Computer verlassen hat, erzeugen Sie einen neuen mit: ssh-keygen -t ed25519"
        "توقف: هذا مفتاح خاص لا يجوز أن يراه أحد غيرك. الصق السطر من الملف الذي ينتهي بـ .pub. وإذا خرج هذا المفتاح من حاسوبك فأنشئ مفتاحًا جديدًا بالأمر: ssh-keygen -t ed25519";

    KeyNotOneLine
        "Paste one key in one line"
        "Plak één sleutel op één regel"
        "Collez une seule clé, sur une ligne"
        "Fügen Sie einen Schlüssel in einer Zeile ein"
        "الصق مفتاحًا واحدًا في سطر واحد";

    KeyTooLong
        "This is too long for a key"
        "Dit is te lang voor een sleutel"
        "C’est trop long pour une clé"
        "Das ist zu lang für einen Schlüssel"
        "هذا أطول من أن يكون مفتاحًا";

    KeyOptions
        "Leave out the options before the kind of key: begin with ssh-ed25519 or the like"
        "Laat de opties voor het soort sleutel weg: begin met ssh-ed25519 of iets dergelijks"
        "Retirez les options avant le type de clé\u{202f}: commencez par ssh-ed25519 ou similaire"
        "Lassen Sie die Optionen vor der Schlüsselart weg: beginnen Sie mit ssh-ed25519 oder Ähnlichem"
        "احذف الخيارات التي تسبق نوع المفتاح: ابدأ بـ ssh-ed25519 أو ما شابه";

    KeyDsa
        "DSA keys are no longer safe. Make a new key with: ssh-keygen -t ed25519"
        "DSA-sleutels zijn niet meer veilig. Maak een nieuwe sleutel met: ssh-keygen -t ed25519"
        "Les clés DSA ne sont plus sûres. Créez une nouvelle clé avec\u{202f}: ssh-keygen -t ed25519"
        "DSA-Schlüssel sind nicht mehr sicher. Erzeugen Sie einen neuen mit: ssh-keygen -t ed25519"
        "لم تعد مفاتيح DSA آمنة. أنشئ مفتاحًا جديدًا بالأمر: ssh-keygen -t ed25519";

    KeyCertificate
        "This is a certificate. Paste the public key itself: the file without -cert in its name"
        "Dit is een certificaat. Plak de publieke sleutel zelf: het bestand zonder -cert in de naam"
        "Ceci est un certificat. Collez la clé publique elle-même\u{202f}: le fichier sans -cert dans son nom"
        "Das ist ein Zertifikat. Fügen Sie den öffentlichen Schlüssel selbst ein: die Datei ohne -cert im Namen"
        "هذه شهادة. الصق المفتاح العام نفسه: الملف الذي ليس في اسمه \u{200e}-cert";

    KeyUnsupported
        "This is no key of a kind that can be used: ssh-ed25519, ecdsa-sha2-nistp256, -384, -521, or ssh-rsa"
        "Dit is geen sleutel van een bruikbaar soort: ssh-ed25519, ecdsa-sha2-nistp256, -384, -521 of ssh-rsa"
        "Ce n’est pas une clé d’un type utilisable\u{202f}: ssh-ed25519, ecdsa-sha2-nistp256, -384, -521 ou ssh-rsa"
        "Das ist kein Schlüssel einer nutzbaren Art: ssh-ed25519, ecdsa-sha2-nistp256, -384, -521 oder ssh-rsa"
        "هذا ليس مفتاحًا من نوع يمكن استخدامه: ssh-ed25519 أو ecdsa-sha2-nistp256 أو \u{200e}-384 أو \u{200e}-521 أو ssh-rsa";

    KeyMalformed
        "The key is damaged or cut off: copy the whole line again"
        "De sleutel is beschadigd of afgeknipt: kopieer de hele regel opnieuw"
        "La clé est abîmée ou coupée\u{202f}: recopiez toute la ligne"
        "Der Schlüssel ist beschädigt oder abgeschnitten: kopieren Sie die ganze Zeile noch einmal"
        "المفتاح تالف أو مقطوع: انسخ السطر كاملًا من جديد";

    KeyTypeMismatch
        "The kind in front is not the kind of the key: copy the whole line again"
        "Het soort vooraan is niet het soort van de sleutel: kopieer de hele regel opnieuw"
        "Le type indiqué devant n’est pas celui de la clé\u{202f}: recopiez toute la ligne"
        "Die Art davor ist nicht die des Schlüssels: kopieren Sie die ganze Zeile noch einmal"
        "النوع المكتوب في الأول ليس نوع المفتاح: انسخ السطر كاملًا من جديد";

    KeyTrailingData
        "There is something after the key that does not belong to it: copy the line again"
        "Na de sleutel staat iets dat er niet bij hoort: kopieer de regel opnieuw"
        "Il y a après la clé quelque chose qui n’en fait pas partie\u{202f}: recopiez la ligne"
        "Nach dem Schlüssel steht etwas, das nicht dazugehört: kopieren Sie die Zeile noch einmal"
        "بعد المفتاح شيء ليس منه: انسخ السطر من جديد";

    KeyRsaTooSmall
        "RSA keys need 3072 bits, this one has {0}. Make a new key with: ssh-keygen -t ed25519"
        "RSA-sleutels hebben 3072 bits nodig, deze heeft er {0}. Maak een nieuwe sleutel met: ssh-keygen -t ed25519"
        "Les clés RSA demandent 3072 bits, celle-ci en a {0}. Créez une nouvelle clé avec\u{202f}: ssh-keygen -t ed25519"
        "RSA-Schlüssel brauchen 3072 Bit, dieser hat {0}. Erzeugen Sie einen neuen mit: ssh-keygen -t ed25519"
        "تحتاج مفاتيح RSA إلى 3072 بت، وهذا فيه \u{2068}{0}\u{2069}. أنشئ مفتاحًا جديدًا بالأمر: ssh-keygen -t ed25519";

    KeyRsaTooLarge
        "RSA keys can have 16384 bits at most"
        "RSA-sleutels kunnen hoogstens 16384 bits hebben"
        "Les clés RSA ont au plus 16384 bits"
        "RSA-Schlüssel können höchstens 16384 Bit haben"
        "يمكن أن يكون لمفاتيح RSA \u{200f}16384 بت على الأكثر";

    KeyComment
        "The comment after the key is too long or has characters that cannot be shown: shorten it"
        "De opmerking na de sleutel is te lang of heeft tekens die niet getoond kunnen worden: maak haar korter"
        "Le commentaire après la clé est trop long ou a des caractères impossibles à afficher\u{202f}: raccourcissez-le"
        "Der Kommentar nach dem Schlüssel ist zu lang oder hat Zeichen, die nicht gezeigt werden können: kürzen Sie ihn"
        "التعليق بعد المفتاح طويل جدًا أو فيه رموز لا يمكن عرضها: اختصره";

    SizeNotOffered
        "Choose one of the sizes on offer"
        "Kies een van de aangeboden groottes"
        "Choisissez une des tailles proposées"
        "Wählen Sie eine der angebotenen Größen"
        "اختر أحد الأحجام المعروضة";

    LocationNotOffered
        "Choose one of the locations on offer"
        "Kies een van de aangeboden locaties"
        "Choisissez un des lieux proposés"
        "Wählen Sie einen der angebotenen Standorte"
        "اختر أحد المواقع المعروضة";

    LocationFull
        "This location has no room now: choose another one"
        "Deze locatie heeft nu geen plaats: kies een andere"
        "Ce lieu n’a pas de place maintenant\u{202f}: choisissez-en un autre"
        "Dieser Standort hat gerade keinen Platz: wählen Sie einen anderen"
        "لا مكان في هذا الموقع الآن: اختر موقعًا آخر";

    LocationAnnounced
        "This location is not open yet: choose another one"
        "Deze locatie is nog niet open: kies een andere"
        "Ce lieu n’est pas encore ouvert\u{202f}: choisissez-en un autre"
        "Dieser Standort ist noch nicht offen: wählen Sie einen anderen"
        "هذا الموقع لم يُفتح بعد: اختر موقعًا آخر";

    DomainNotOffered
        "Choose one of the domains on offer"
        "Kies een van de aangeboden domeinen"
        "Choisissez un des domaines proposés"
        "Wählen Sie eine der angebotenen Domains"
        "اختر أحد النطاقات المعروضة";

    GitRequired
        "Enter the https address of the git repository with your instance's settings"
        "Vul het https-adres in van de git-repository met de instellingen van je instantie"
        "Saisissez l’adresse https du dépôt git qui contient les réglages de votre instance"
        "Geben Sie die https-Adresse des Git-Repositorys mit den Einstellungen Ihrer Instanz ein"
        "أدخل عنوان https لمستودع git الذي فيه إعدادات خادمك";
}
