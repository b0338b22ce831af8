//! What the widget itself says, where it changes; what stands still is in [`page`](crate::page).

use crate::table;

table! {
    /// A text of the widget.
    Label;

    ApiDown
        "The deployment service cannot be reached. Nothing was lost: try again in a moment."
        "De dienst is niet bereikbaar. Er is niets verloren: probeer het zo meteen opnieuw."
        "Le service de déploiement est injoignable. Rien n’est perdu\u{202f}: réessayez dans un instant."
        "Der Dienst ist nicht erreichbar. Nichts ist verloren: versuchen Sie es gleich noch einmal."
        "لا يمكن الوصول إلى خدمة النشر. لم يضِع شيء: حاول مرة أخرى بعد قليل.";

    ApiOdd
        "The deployment service gave an answer this page does not understand. Reload the page, or try again later."
        "De dienst gaf een antwoord dat deze pagina niet begrijpt. Herlaad de pagina, of probeer het later opnieuw."
        "Le service de déploiement a donné une réponse que cette page ne comprend pas. Rechargez la page, ou réessayez plus tard."
        "Der Dienst gab eine Antwort, die diese Seite nicht versteht. Laden Sie die Seite neu, oder versuchen Sie es später noch einmal."
        "أعطت خدمة النشر جوابًا لا تفهمه هذه الصفحة. أعد تحميل الصفحة أو حاول لاحقًا.";

    Offline
        "The deployment service cannot be reached right now. What you entered is kept; this page goes on trying."
        "De dienst is nu niet bereikbaar. Wat je invulde blijft bewaard; deze pagina blijft het proberen."
        "Le service de déploiement est injoignable en ce moment. Votre saisie est gardée\u{202f}; cette page continue d’essayer."
        "Der Dienst ist gerade nicht erreichbar. Ihre Eingaben bleiben erhalten; diese Seite versucht es weiter."
        "لا يمكن الوصول إلى خدمة النشر الآن. ما أدخلته محفوظ، وهذه الصفحة تواصل المحاولة.";

    Checking
        "Checking…"
        "Wordt nagekeken…"
        "Vérification…"
        "Wird geprüft…"
        "جارٍ التحقق…";

    CouldNotCheck
        "Could not check now; it is checked again when you deploy"
        "Kon nu niet nakijken; het wordt opnieuw nagekeken als je deployt"
        "Vérification impossible maintenant\u{202f}; elle sera refaite au déploiement"
        "Konnte jetzt nicht geprüft werden; beim Deployen wird noch einmal geprüft"
        "تعذر التحقق الآن؛ سيُعاد عند النشر";

    Free
        "Free"
        "Vrij"
        "Libre"
        "Frei"
        "متاح";

    Taken
        "Taken: choose another name or domain"
        "Bezet: kies een andere naam of een ander domein"
        "Pris\u{202f}: choisissez un autre nom ou domaine"
        "Vergeben: wählen Sie einen anderen Namen oder eine andere Domain"
        "مأخوذ: اختر اسمًا أو نطاقًا آخر";

    NotToBeHad
        "This name cannot be used: choose another one"
        "Deze naam kan niet: kies een andere"
        "Ce nom n’est pas possible\u{202f}: choisissez-en un autre"
        "Dieser Name geht nicht: wählen Sie einen anderen"
        "لا يمكن استخدام هذا الاسم: اختر اسمًا آخر";

    DidYouMean
        "Did you mean this address?"
        "Bedoelde je dit adres?"
        "Vouliez-vous dire cette adresse\u{202f}?"
        "Meinten Sie diese Adresse?"
        "هل تقصد هذا العنوان؟";

    NoKey
        "Paste your public key, or choose “No”"
        "Plak je publieke sleutel, of kies “Nee”"
        "Collez votre clé publique, ou choisissez «\u{202f}Non\u{202f}»"
        "Fügen Sie Ihren öffentlichen Schlüssel ein, oder wählen Sie „Nein“"
        "الصق مفتاحك العام، أو اختر «لا»";

    LinkLeadsNowhere
        "This link leads to no deployment: it is incomplete, or the deployment is gone. You can make a new one here."
        "Deze link leidt nergens heen: hij is onvolledig, of wat er stond is weg. Je kunt hier iets nieuws maken."
        "Ce lien ne mène à aucun déploiement\u{202f}: il est incomplet, ou le déploiement n’existe plus. Vous pouvez en faire un nouveau ici."
        "Dieser Link führt zu keinem Deployment: er ist unvollständig, oder es gibt es nicht mehr. Sie können hier ein neues machen."
        "لا يؤدي هذا الرابط إلى شيء: إما أنه ناقص، أو أن ما نُشر قد حُذف. يمكنك النشر من جديد هنا.";

    NameToCome
        "name"
        "naam"
        "nom"
        "name"
        "name";

    CheckingOrder
        "Checking your entries…"
        "Je gegevens worden nagekeken…"
        "Vérification de votre saisie…"
        "Ihre Eingaben werden geprüft…"
        "جارٍ التحقق مما أدخلته…";

    Covered
        "Something covers this button, or it is out of view: that is why it does not work. Open this form in a new tab instead."
        "Iets bedekt deze knop, of hij is niet in beeld: daarom werkt hij niet. Open dit formulier in een nieuw tabblad."
        "Quelque chose couvre ce bouton, ou il est hors de vue\u{202f}: c’est pourquoi il ne marche pas. Ouvrez ce formulaire dans un nouvel onglet."
        "Etwas verdeckt diesen Knopf, oder er ist nicht im Bild: darum geht er nicht. Öffnen Sie dieses Formular in einem neuen Tab."
        "هناك ما يغطي هذا الزر، أو أنه خارج مجال الرؤية: لذلك لا يعمل. افتح هذا النموذج في علامة تبويب جديدة.";

    NewTab
        "Open this form in a new tab"
        "Open dit formulier in een nieuw tabblad"
        "Ouvrir ce formulaire dans un nouvel onglet"
        "Dieses Formular in einem neuen Tab öffnen"
        "افتح هذا النموذج في علامة تبويب جديدة";

    Sending
        "Sending your order…"
        "Je bestelling wordt verzonden…"
        "Envoi de votre commande…"
        "Ihre Bestellung wird gesendet…"
        "جارٍ إرسال طلبك…";

    Progress
        "Your PeerTube is being deployed"
        "Je PeerTube wordt gedeployd"
        "Votre PeerTube est en cours de déploiement"
        "Ihr PeerTube wird bereitgestellt"
        "يجري نشر PeerTube الخاص بك";

    TakingDown
        "It is being taken down"
        "Het wordt weggehaald"
        "Suppression en cours"
        "Es wird abgebaut"
        "تجري إزالته";

    OneMoment
        "Asking how it stands…"
        "Er wordt gevraagd hoe het staat…"
        "On demande où cela en est…"
        "Der Stand wird abgefragt…"
        "جارٍ السؤال عن الحالة…";

    Copied
        "Copied"
        "Gekopieerd"
        "Copié"
        "Kopiert"
        "تم النسخ";

    CopyByHand
        "Select and copy it by hand"
        "Selecteer en kopieer het met de hand"
        "Sélectionnez et copiez à la main"
        "Markieren und von Hand kopieren"
        "حدّده وانسخه يدويًا";

    Failed
        "The deployment failed"
        "Het deployen is mislukt"
        "Le déploiement a échoué"
        "Die Bereitstellung ist fehlgeschlagen"
        "فشل النشر";

    Cancelled
        "The deployment was cancelled"
        "Het deployen is geannuleerd"
        "Le déploiement a été annulé"
        "Die Bereitstellung wurde abgebrochen"
        "أُلغي النشر";

    Paid
        "A first payment was made before that. Everything it paid for was cancelled, so nothing more is paid."
        "Daarvoor was er een eerste betaling. Alles waarvoor betaald werd is opgezegd, dus er wordt niets meer betaald."
        "Un premier paiement avait été fait avant cela. Tout ce qu’il payait a été annulé\u{202f}: plus rien n’est payé."
        "Davor wurde ein erstes Mal bezahlt. Alles, wofür bezahlt wurde, ist gekündigt: es wird nichts mehr bezahlt."
        "تمت قبل ذلك دفعة أولى. أُلغي كل ما دُفع لأجله، فلا يُدفع شيء بعد الآن.";

    PaidUnwinding
        "A first payment was made before that. Everything it paid for is being cancelled."
        "Daarvoor was er een eerste betaling. Alles waarvoor betaald werd, wordt opgezegd."
        "Un premier paiement avait été fait avant cela. Tout ce qu’il payait est en cours d’annulation."
        "Davor wurde ein erstes Mal bezahlt. Alles, wofür bezahlt wurde, wird gerade gekündigt."
        "تمت قبل ذلك دفعة أولى. يجري إلغاء كل ما دُفع لأجله.";

    NotPaid
        "No money was spent."
        "Er is geen geld uitgegeven."
        "Aucun argent n’a été dépensé."
        "Es wurde kein Geld ausgegeben."
        "لم يُنفق أي مال.";

    NothingLeft
        "Nothing is left running."
        "Er draait niets meer."
        "Plus rien ne tourne."
        "Es läuft nichts mehr."
        "لم يبق شيء يعمل.";

    BeingTakenDown
        "What was already made is being taken down; this page says when that is done."
        "Wat al gemaakt was, wordt weggehaald; deze pagina zegt wanneer dat klaar is."
        "Ce qui était déjà fait est en cours de suppression\u{202f}; cette page dira quand c’est terminé."
        "Was schon gemacht war, wird abgebaut; diese Seite sagt, wenn das fertig ist."
        "تجري إزالة ما تم إنشاؤه؛ ستخبرك هذه الصفحة عند الانتهاء.";

    Required
        "(required)"
        "(verplicht)"
        "(obligatoire)"
        "(Pflicht)"
        "(مطلوب)";

    Optional
        "(optional)"
        "(optioneel)"
        "(facultatif)"
        "(optional)"
        "(اختياري)";

    Machine
        "{0} vCPU · {1} GiB memory"
        "{0} vCPU · {1} GiB geheugen"
        "{0} vCPU · {1} Gio de mémoire"
        "{0} vCPU · {1} GiB Speicher"
        "\u{2066}{0} vCPU\u{2069} · \u{2066}{1} GiB\u{2069} ذاكرة";

    Disk
        "{0} GiB disk"
        "{0} GiB schijf"
        "{0} Gio de disque"
        "{0} GiB Platte"
        "\u{2066}{0} GiB\u{2069} قرص";

    Hours
        "about {0} h of video"
        "ongeveer {0} uur video"
        "environ {0} h de vidéo"
        "etwa {0} Std. Video"
        "نحو \u{2068}{0}\u{2069} ساعة فيديو";

    Price
        "{0} / month"
        "{0} / maand"
        "{0} / mois"
        "{0} / Monat"
        "\u{2068}{0}\u{2069} / شهر";

    NoRoomNow
        "no room now"
        "nu geen plaats"
        "pas de place"
        "gerade kein Platz"
        "لا مكان الآن";

    ComingSoon
        "coming soon"
        "komt binnenkort"
        "bientôt"
        "kommt bald"
        "قريبًا";

    FilledInBy
        "Filled in by {0}"
        "Ingevuld door {0}"
        "Rempli par {0}"
        "Ausgefüllt von {0}"
        "ملأه \u{2068}{0}\u{2069}";

    UseInstead
        "Use {0}"
        "Gebruik {0}"
        "Utiliser {0}"
        "{0} verwenden"
        "استخدم \u{2068}{0}\u{2069}";

    GitWorks
        "Works: {0}, branch {1}, commit {2}"
        "Werkt: {0}, branch {1}, commit {2}"
        "Fonctionne\u{202f}: {0}, branche {1}, commit {2}"
        "Geht: {0}, Branch {1}, Commit {2}"
        "يعمل: \u{2068}{0}\u{2069}، الفرع \u{2068}{1}\u{2069}، الإيداع \u{2068}{2}\u{2069}";

    KeyKnown
        "{0} · {1} bits · {2}"
        "{0} · {1} bits · {2}"
        "{0} · {1} bits · {2}"
        "{0} · {1} Bit · {2}"
        "\u{2068}{0}\u{2069} · \u{2068}{1}\u{2069} بت · \u{2068}{2}\u{2069}";

    PrivateWithP2p
        "Private, peer-to-peer on"
        "Privé, peer-to-peer aan"
        "Privée, pair à pair activé"
        "Privat, Peer-to-Peer an"
        "خاص، الند للند مفعّل";

    PrivateWithout
        "Private, peer-to-peer off"
        "Privé, peer-to-peer uit"
        "Privée, pair à pair désactivé"
        "Privat, Peer-to-Peer aus"
        "خاص، الند للند معطّل";

    PublicWithP2p
        "Public, peer-to-peer on"
        "Openbaar, peer-to-peer aan"
        "Publique, pair à pair activé"
        "Öffentlich, Peer-to-Peer an"
        "عام، الند للند مفعّل";

    PublicWithout
        "Public, peer-to-peer off"
        "Openbaar, peer-to-peer uit"
        "Publique, pair à pair désactivé"
        "Öffentlich, Peer-to-Peer aus"
        "عام، الند للند معطّل";

    Contracts
        "Reserve and pay"
        "Reserveren en betalen"
        "Réserver et payer"
        "Reservieren und bezahlen"
        "الحجز والدفع";

    Prepare
        "Prepare the machine"
        "De machine klaarmaken"
        "Préparer la machine"
        "Maschine vorbereiten"
        "تجهيز الآلة";

    Start
        "Start PeerTube"
        "PeerTube starten"
        "Démarrer PeerTube"
        "PeerTube starten"
        "تشغيل PeerTube";

    Serve
        "Certificate and address"
        "Certificaat en adres"
        "Certificat et adresse"
        "Zertifikat und Adresse"
        "الشهادة والعنوان";

    Check
        "Check that it answers"
        "Nakijken of het antwoordt"
        "Vérifier que tout répond"
        "Prüfen, ob es antwortet"
        "التحقق من أنه يجيب";

    Waiting
        "waiting"
        "wacht"
        "en attente"
        "wartet"
        "في الانتظار";

    InProgress
        "in progress"
        "bezig"
        "en cours"
        "läuft"
        "جارٍ";

    Done
        "done"
        "klaar"
        "terminé"
        "fertig"
        "تم";

    HasFailed
        "failed"
        "mislukt"
        "échoué"
        "fehlgeschlagen"
        "فشل";

    StepOf
        "{0} of {1}: {2}"
        "{0} van {1}: {2}"
        "{0} sur {1}\u{202f}: {2}"
        "{0} von {1}: {2}"
        "\u{2068}{0}\u{2069} من \u{2068}{1}\u{2069}: \u{2068}{2}\u{2069}";

    Usually
        "usually {0}"
        "meestal {0}"
        "d’habitude {0}"
        "meist {0}"
        "عادةً \u{2068}{0}\u{2069}";

    InAll
        "{0} so far · usually {1} in all"
        "{0} tot nu toe · meestal {1} in totaal"
        "{0} jusqu’ici · d’habitude {1} en tout"
        "{0} bisher · meist {1} insgesamt"
        "\u{2068}{0}\u{2069} حتى الآن · عادةً \u{2068}{1}\u{2069} إجمالًا";

    ReadyAfter
        "Deployed in {0}"
        "Klaar in {0}"
        "Déployé en {0}"
        "Bereit nach {0}"
        "نُشر خلال \u{2068}{0}\u{2069}";

    IsDeleted
        "{0} is deleted"
        "{0} is verwijderd"
        "{0} est supprimé"
        "{0} ist gelöscht"
        "حُذف \u{2068}{0}\u{2069}";

    DeleteThis
        "Delete {0}?"
        "{0} verwijderen?"
        "Supprimer {0}\u{202f}?"
        "{0} löschen?"
        "أتريد حذف \u{2068}{0}\u{2069}؟";

    Ghent
        "Ghent"
        "Gent"
        "Gand"
        "Gent"
        "غنت";

    Vienna
        "Vienna"
        "Wenen"
        "Vienne"
        "Wien"
        "فيينا";
}
