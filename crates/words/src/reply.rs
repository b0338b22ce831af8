//! What the service says to a visitor.

use crate::table;

table! {
    /// A text of the service.
    Reply;

    NobodyAnswers
        "The grid did not answer in time. Try again in a few minutes."
        "Het grid antwoordde niet op tijd. Probeer het over een paar minuten opnieuw."
        "La grille n’a pas répondu à temps. Réessayez dans quelques minutes."
        "Das Grid antwortete nicht rechtzeitig. Versuchen Sie es in ein paar Minuten noch einmal."
        "لم تجب الشبكة في الوقت المحدد. حاول بعد بضع دقائق.";

    NoMachine
        "No machine of this size is free at this location now. Choose another size or location, or try again later."
        "Op deze locatie is nu geen machine van deze grootte vrij. Kies een andere grootte of locatie, of probeer het later opnieuw."
        "Aucune machine de cette taille n’est libre en ce lieu. Choisissez une autre taille ou un autre lieu, ou réessayez plus tard."
        "An diesem Standort ist gerade keine Maschine dieser Größe frei. Wählen Sie eine andere Größe oder einen anderen Standort, oder versuchen Sie es später."
        "لا توجد الآن آلة بهذا الحجم متاحة في هذا الموقع. اختر حجمًا أو موقعًا آخر، أو حاول لاحقًا.";

    NameLost
        "Somebody else reserved this name first. Choose another name."
        "Iemand anders was eerst met deze naam. Kies een andere naam."
        "Quelqu’un a réservé ce nom avant. Choisissez un autre nom."
        "Jemand anders hat diesen Namen zuerst reserviert. Wählen Sie einen anderen."
        "سبقك غيرك إلى حجز هذا الاسم. اختر اسمًا آخر.";

    OperatorCannot
        "The operator's account cannot deploy at the moment. Tell the owner of this site."
        "De rekening van de beheerder kan nu niet deployen. Zeg het aan de eigenaar van deze site."
        "Le compte de l’opérateur ne peut pas déployer en ce moment. Prévenez le propriétaire de ce site."
        "Das Konto des Betreibers kann gerade nicht bereitstellen. Sagen Sie es dem Eigentümer dieser Website."
        "لا يستطيع حساب المشغّل النشر في الوقت الحالي. أخبر صاحب هذا الموقع.";

    GatewaySilent
        "The web gateway of this domain does not answer. Choose another domain, or try again later."
        "De webgateway van dit domein antwoordt niet. Kies een ander domein, of probeer het later opnieuw."
        "La passerelle web de ce domaine ne répond pas. Choisissez un autre domaine, ou réessayez plus tard."
        "Das Web-Gateway dieser Domain antwortet nicht. Wählen Sie eine andere Domain, oder versuchen Sie es später."
        "بوابة الويب لهذا النطاق لا تجيب. اختر نطاقًا آخر، أو حاول لاحقًا.";

    GridRefused
        "The grid refused this deployment. Try again later."
        "Het grid weigerde dit. Probeer het later opnieuw."
        "La grille a refusé ce déploiement. Réessayez plus tard."
        "Das Grid hat dies abgelehnt. Versuchen Sie es später noch einmal."
        "رفضت الشبكة هذا النشر. حاول لاحقًا.";

    PaymentRefused
        "The grid refused the payment. Nothing was paid. Try again later."
        "Het grid weigerde de betaling. Er is niets betaald. Probeer het later opnieuw."
        "La grille a refusé le paiement. Rien n’a été payé. Réessayez plus tard."
        "Das Grid hat die Zahlung abgelehnt. Es wurde nichts bezahlt. Versuchen Sie es später noch einmal."
        "رفضت الشبكة الدفع. لم يُدفع شيء. حاول لاحقًا.";

    PaymentLate
        "The payment did not get into a block in time. Try again in a few minutes."
        "De betaling kwam niet op tijd in een blok. Probeer het over een paar minuten opnieuw."
        "Le paiement n’est pas entré dans un bloc à temps. Réessayez dans quelques minutes."
        "Die Zahlung kam nicht rechtzeitig in einen Block. Versuchen Sie es in ein paar Minuten noch einmal."
        "لم تدخل الدفعة في كتلة في الوقت المحدد. حاول بعد بضع دقائق.";

    InstanceSilent
        "The instance did not answer at its address in time."
        "De instantie antwoordde niet op tijd op haar adres."
        "L’instance n’a pas répondu à temps à son adresse."
        "Die Instanz antwortete nicht rechtzeitig unter ihrer Adresse."
        "لم يجب الخادم على عنوانه في الوقت المحدد.";

    ContractsGone
        "The contracts are gone from the chain. Try again."
        "De contracten zijn van de keten verdwenen. Probeer het opnieuw."
        "Les contrats ont disparu de la chaîne. Réessayez."
        "Die Verträge sind von der Kette verschwunden. Versuchen Sie es noch einmal."
        "اختفت العقود من السلسلة. حاول مرة أخرى.";

    MachineFailed
        "The machine could not be prepared. Try again: another machine is chosen."
        "De machine kon niet klaargemaakt worden. Probeer het opnieuw: er wordt een andere gekozen."
        "La machine n’a pas pu être préparée. Réessayez\u{202f}: une autre sera choisie."
        "Die Maschine konnte nicht vorbereitet werden. Versuchen Sie es noch einmal: eine andere wird gewählt."
        "تعذر تجهيز الآلة. حاول مرة أخرى: ستُختار آلة أخرى.";

    GatewayFailed
        "The web gateway could not serve the address. Choose another domain."
        "De webgateway kon het adres niet bedienen. Kies een ander domein."
        "La passerelle web n’a pas pu servir l’adresse. Choisissez un autre domaine."
        "Das Web-Gateway konnte die Adresse nicht bedienen. Wählen Sie eine andere Domain."
        "لم تستطع بوابة الويب خدمة العنوان. اختر نطاقًا آخر.";

    AskingGrid
        "Asking the grid whether it can"
        "Er wordt gevraagd of het grid het kan"
        "On demande à la grille si elle peut"
        "Das Grid wird gefragt, ob es kann"
        "تُسأل الشبكة إن كانت تستطيع";

    Paying
        "Paying: waiting for the next block"
        "Betalen: wachten op het volgende blok"
        "Paiement\u{202f}: en attente du prochain bloc"
        "Bezahlen: warten auf den nächsten Block"
        "الدفع: في انتظار الكتلة التالية";

    ReservedAndPaid
        "Reserved and paid"
        "Gereserveerd en betaald"
        "Réservé et payé"
        "Reserviert und bezahlt"
        "حُجز ودُفع";

    SendingPlan
        "Sending the plan to the machine"
        "Het plan gaat naar de machine"
        "Envoi du plan à la machine"
        "Der Plan geht an die Maschine"
        "إرسال الخطة إلى الآلة";

    AskingCertificate
        "Asking for the certificate"
        "Het certificaat wordt aangevraagd"
        "Demande du certificat"
        "Das Zertifikat wird angefordert"
        "طلب الشهادة";

    PreparingMachine
        "Preparing the machine"
        "De machine wordt klaargemaakt"
        "Préparation de la machine"
        "Die Maschine wird vorbereitet"
        "تجهيز الآلة";

    MachineUp
        "The machine is up"
        "De machine draait"
        "La machine tourne"
        "Die Maschine läuft"
        "الآلة تعمل";

    FirstStart
        "PeerTube starts for the first time"
        "PeerTube start voor het eerst"
        "PeerTube démarre pour la première fois"
        "PeerTube startet zum ersten Mal"
        "يبدأ PeerTube أول مرة";

    GatewayServes
        "The gateway serves the address"
        "De gateway bedient het adres"
        "La passerelle sert l’adresse"
        "Das Gateway bedient die Adresse"
        "البوابة تخدم العنوان";

    Runs
        "PeerTube runs"
        "PeerTube draait"
        "PeerTube tourne"
        "PeerTube läuft"
        "PeerTube يعمل";

    AskingInstance
        "Asking the instance over its address"
        "De instantie wordt op haar adres gevraagd"
        "On interroge l’instance à son adresse"
        "Die Instanz wird unter ihrer Adresse gefragt"
        "يُسأل الخادم عبر عنوانه";

    ItAnswers
        "It answers"
        "Het antwoordt"
        "Elle répond"
        "Sie antwortet"
        "إنه يجيب";

    SomebodyHasIt
        "Somebody has this address"
        "Iemand heeft dit adres al"
        "Quelqu’un a cette adresse"
        "Jemand hat diese Adresse"
        "هذا العنوان لدى غيرك";

    SomebodyHas
        "Somebody has this address. Choose another name."
        "Iemand heeft dit adres al. Kies een andere naam."
        "Quelqu’un a cette adresse. Choisissez un autre nom."
        "Jemand hat diese Adresse. Wählen Sie einen anderen Namen."
        "هذا العنوان لدى غيرك. اختر اسمًا آخر.";

    GrantWanted
        "This site asks for an invitation or a token."
        "Deze site vraagt een uitnodiging of een token."
        "Ce site demande une invitation ou un jeton."
        "Diese Website verlangt eine Einladung oder ein Token."
        "يطلب هذا الموقع دعوة أو رمزًا.";

    InviteWanted
        "this site asks for an invitation code"
        "deze site vraagt een uitnodigingscode"
        "ce site demande un code d’invitation"
        "diese Website verlangt einen Einladungscode"
        "يطلب هذا الموقع رمز دعوة";

    TokenWanted
        "this site asks for a token, which the page around this form gives"
        "deze site vraagt een token, dat de pagina rond dit formulier geeft"
        "ce site demande un jeton, que donne la page autour de ce formulaire"
        "diese Website verlangt ein Token, das die Seite um dieses Formular gibt"
        "يطلب هذا الموقع رمزًا تعطيه الصفحة المحيطة بهذا النموذج";

    SizeNotAllowed
        "this size is not allowed here"
        "deze grootte mag hier niet"
        "cette taille n’est pas permise ici"
        "diese Größe ist hier nicht erlaubt"
        "هذا الحجم غير مسموح هنا";

    GrantRefused
        "Ask whoever gave it to you for a new one."
        "Vraag een nieuwe aan wie ze je gaf."
        "Demandez-en une nouvelle à qui vous l’a donnée."
        "Bitten Sie den, der sie Ihnen gab, um eine neue."
        "اطلب دعوة جديدة ممن أعطاك إياها.";

    GrantUsed
        "This invitation or token cannot be used: it is unknown, has expired, or was used."
        "Deze uitnodiging of dit token kan niet: onbekend, verlopen of al gebruikt."
        "Cette invitation ou ce jeton n’est pas utilisable\u{202f}: inconnu, expiré ou déjà utilisé."
        "Diese Einladung oder dieses Token geht nicht: unbekannt, abgelaufen oder schon benutzt."
        "لا يمكن استخدام هذه الدعوة أو الرمز: غير معروف أو منتهٍ أو مستخدم.";

    SiteUnknown
        "This site is not registered with this service. Its owner asks the operator."
        "Deze site is niet bij deze dienst ingeschreven. De eigenaar vraagt het de beheerder."
        "Ce site n’est pas enregistré auprès de ce service. Son propriétaire s’adresse à l’opérateur."
        "Diese Website ist bei diesem Dienst nicht eingetragen. Ihr Eigentümer fragt den Betreiber."
        "هذا الموقع غير مسجل لدى هذه الخدمة. على صاحبه أن يسأل المشغّل.";

    NothingHere
        "There is nothing here, or the link lacks its secret part."
        "Hier is niets, of de link mist zijn geheime deel."
        "Il n’y a rien ici, ou il manque au lien sa partie secrète."
        "Hier ist nichts, oder dem Link fehlt sein geheimer Teil."
        "لا شيء هنا، أو أن الرابط ينقصه جزؤه السري.";

    NotReadyYet
        "The instance is not ready yet."
        "De instantie is nog niet klaar."
        "L’instance n’est pas encore prête."
        "Die Instanz ist noch nicht bereit."
        "الخادم غير جاهز بعد.";

    PasswordGone
        "The password was revealed before and then erased. If it is lost, reset it in PeerTube."
        "Het wachtwoord is al getoond en daarna gewist. Is het kwijt, stel dan in PeerTube een nieuw in."
        "Le mot de passe a déjà été révélé puis effacé. S’il est perdu, changez-le dans PeerTube."
        "Das Passwort wurde schon gezeigt und dann gelöscht. Ist es verloren, setzen Sie es in PeerTube zurück."
        "كُشفت كلمة المرور من قبل ثم مُحيت. إذا فُقدت فأعد ضبطها في PeerTube.";

    CorrectFields
        "Correct the fields named and send it again."
        "Verbeter de genoemde velden en verzend opnieuw."
        "Corrigez les champs nommés et renvoyez."
        "Berichtigen Sie die genannten Felder und senden Sie noch einmal."
        "صحّح الحقول المذكورة وأرسل من جديد.";

    TooManyChecks
        "Too many of your checks are running. Try again in a few seconds."
        "Er lopen te veel controles van jou. Probeer het over een paar seconden opnieuw."
        "Trop de vos vérifications sont en cours. Réessayez dans quelques secondes."
        "Zu viele Ihrer Prüfungen laufen. Versuchen Sie es in ein paar Sekunden noch einmal."
        "يجري الكثير من عمليات التحقق الخاصة بك. حاول بعد بضع ثوانٍ.";

    TooManyRequests
        "Too many requests came from your network. Try again in a minute."
        "Er kwamen te veel verzoeken van je netwerk. Probeer het over een minuut opnieuw."
        "Trop de requêtes sont venues de votre réseau. Réessayez dans une minute."
        "Zu viele Anfragen kamen aus Ihrem Netz. Versuchen Sie es in einer Minute noch einmal."
        "جاءت طلبات كثيرة من شبكتك. حاول بعد دقيقة.";

    SiteBusy
        "Too many orders came at once. Try again in a minute."
        "Er kwamen te veel bestellingen tegelijk. Probeer het over een minuut opnieuw."
        "Trop de commandes sont arrivées à la fois. Réessayez dans une minute."
        "Es kamen zu viele Bestellungen auf einmal. Versuchen Sie es in einer Minute noch einmal."
        "وصلت طلبات كثيرة دفعة واحدة. حاول بعد دقيقة.";

    TryLater
        "Try again later."
        "Probeer het later opnieuw."
        "Réessayez plus tard."
        "Versuchen Sie es später noch einmal."
        "حاول لاحقًا.";

    SiteFull
        "This site has as many deployments as it may."
        "Deze site heeft er zoveel als mag."
        "Ce site a autant de déploiements que permis."
        "Diese Website hat so viele, wie sie darf."
        "بلغ هذا الموقع الحد المسموح له.";

    SiteFullToday
        "This site has accepted as many deployments as it may in a day."
        "Deze site heeft er vandaag zoveel aanvaard als mag."
        "Ce site a accepté aujourd’hui autant de déploiements que permis."
        "Diese Website hat heute so viele angenommen, wie sie darf."
        "قبل هذا الموقع اليوم الحد المسموح له.";

    YouAreFull
        "You have as many deployments here as you may: delete one first."
        "Je hebt er hier zoveel als mag: verwijder er eerst een."
        "Vous avez ici autant de déploiements que permis\u{202f}: supprimez-en un d’abord."
        "Sie haben hier so viele, wie Sie dürfen: löschen Sie zuerst eines."
        "لديك هنا الحد المسموح لك: احذف واحدًا أولًا.";

    Broke
        "Something broke in this service. Try again; if it stays, tell the operator the request id."
        "Er ging iets stuk in deze dienst. Probeer het opnieuw; blijft het, geef dan het verzoeknummer aan de beheerder."
        "Quelque chose s’est cassé dans ce service. Réessayez\u{202f}; si cela dure, donnez à l’opérateur le numéro de la requête."
        "In diesem Dienst ist etwas kaputtgegangen. Versuchen Sie es noch einmal; bleibt es so, nennen Sie dem Betreiber die Anfragenummer."
        "تعطل شيء في هذه الخدمة. حاول مرة أخرى؛ وإن استمر فأعطِ المشغّل رقم الطلب.";

    Busy
        "Too many checks are running. Try again in a few seconds."
        "Er lopen te veel controles. Probeer het over een paar seconden opnieuw."
        "Trop de vérifications sont en cours. Réessayez dans quelques secondes."
        "Zu viele Prüfungen laufen. Versuchen Sie es in ein paar Sekunden noch einmal."
        "يجري الكثير من عمليات التحقق. حاول بعد بضع ثوانٍ.";

    TooManyDeployments
        "This service has started as many deployments as it may in an hour. Try again later."
        "Deze dienst is er in een uur zoveel begonnen als mag. Probeer het later opnieuw."
        "Ce service a lancé autant de déploiements que permis en une heure. Réessayez plus tard."
        "Dieser Dienst hat in einer Stunde so viele begonnen, wie er darf. Versuchen Sie es später noch einmal."
        "بدأت هذه الخدمة الحد المسموح لها في الساعة. حاول لاحقًا.";

    Unavailable
        "The grid or the database does not answer. Try again in a minute."
        "Het grid of de databank antwoordt niet. Probeer het over een minuut opnieuw."
        "La grille ou la base de données ne répond pas. Réessayez dans une minute."
        "Das Grid oder die Datenbank antwortet nicht. Versuchen Sie es in einer Minute noch einmal."
        "لا تجيب الشبكة أو قاعدة البيانات. حاول بعد دقيقة.";

    GitAnswers
        "{0} answers: {1}, commit {2}."
        "{0} antwoordt: {1}, commit {2}."
        "{0} répond\u{202f}: {1}, commit {2}."
        "{0} antwortet: {1}, Commit {2}."
        "يجيب \u{2068}{0}\u{2069}: \u{2068}{1}\u{2069}، الإيداع \u{2068}{2}\u{2069}.";

    GitAnswersDetached
        "{0} answers: commit {1}, on no branch."
        "{0} antwoordt: commit {1}, op geen branch."
        "{0} répond\u{202f}: commit {1}, sur aucune branche."
        "{0} antwortet: Commit {1}, auf keinem Branch."
        "يجيب \u{2068}{0}\u{2069}: الإيداع \u{2068}{1}\u{2069}، دون فرع.";

    GitMoved
        "This repository has moved to {0}."
        "Deze repository is verhuisd naar {0}."
        "Ce dépôt a déménagé vers {0}."
        "Dieses Repository ist umgezogen nach {0}."
        "انتقل هذا المستودع إلى \u{2068}{0}\u{2069}.";

    GitNoCommits
        "This repository has no commits yet: push one, then check again."
        "Deze repository heeft nog geen commits: push er een en kijk opnieuw na."
        "Ce dépôt n’a pas encore de commit\u{202f}: poussez-en un, puis vérifiez encore."
        "Dieses Repository hat noch keine Commits: pushen Sie einen, dann prüfen Sie noch einmal."
        "لا إيداعات في هذا المستودع بعد: ادفع واحدًا ثم تحقق من جديد.";

    GitNotPublic
        "This repository needs a login or does not exist. Check the spelling; it must be public."
        "Deze repository vraagt een login of bestaat niet. Kijk de spelling na; ze moet openbaar zijn."
        "Ce dépôt demande une connexion ou n’existe pas. Vérifiez l’orthographe\u{202f}; il doit être public."
        "Dieses Repository verlangt eine Anmeldung oder existiert nicht. Prüfen Sie die Schreibweise; es muss öffentlich sein."
        "يحتاج هذا المستودع إلى تسجيل دخول أو أنه غير موجود. تحقق من الإملاء؛ يجب أن يكون عامًا.";

    GitUnknownHost
        "The host {0} could not be found. Check the spelling, or try again."
        "De host {0} is niet gevonden. Kijk de spelling na, of probeer het opnieuw."
        "L’hôte {0} est introuvable. Vérifiez l’orthographe, ou réessayez."
        "Der Host {0} wurde nicht gefunden. Prüfen Sie die Schreibweise, oder versuchen Sie es noch einmal."
        "تعذر العثور على المضيف \u{2068}{0}\u{2069}. تحقق من الإملاء أو حاول مرة أخرى.";

    GitUnreachable
        "{0} could not be reached, or had a problem. Try again in a moment."
        "{0} was niet bereikbaar of had een probleem. Probeer het zo meteen opnieuw."
        "{0} est injoignable, ou a eu un problème. Réessayez dans un instant."
        "{0} war nicht erreichbar oder hatte ein Problem. Versuchen Sie es gleich noch einmal."
        "تعذر الوصول إلى \u{2068}{0}\u{2069} أو حدثت لديه مشكلة. حاول بعد قليل.";

    GitBadCertificate
        "{0} has no valid certificate for its name, so it is not safe to read from. Its administrator has to renew it."
        "{0} heeft geen certificaat dat bij zijn naam past, dus lezen is er niet veilig. De beheerder moet het vernieuwen."
        "{0} n’a pas de certificat qui vaille pour son nom\u{202f}: y lire n’est pas sûr. Son administrateur doit le renouveler."
        "{0} hat kein Zertifikat, das für seinen Namen gilt: von dort zu lesen ist nicht sicher. Der Administrator muss es erneuern."
        "ليس لدى \u{2068}{0}\u{2069} شهادة صحيحة لاسمه، لذا فالقراءة منه غير آمنة. على مديره تجديدها.";

    GitTooSlow
        "{0} took too long to answer. Try again in a moment."
        "{0} antwoordde te traag. Probeer het zo meteen opnieuw."
        "{0} a mis trop de temps à répondre. Réessayez dans un instant."
        "{0} brauchte zu lange für die Antwort. Versuchen Sie es gleich noch einmal."
        "استغرق \u{2068}{0}\u{2069} وقتًا طويلًا في الإجابة. حاول بعد قليل.";

    GitPeertubeSource
        "This works, but it is PeerTube's own source code, and none of it would be applied: the official release is installed. A settings repository holds a file peertube.yaml, and your texts."
        "Dit werkt, maar het is de broncode van PeerTube zelf, en daarvan wordt niets toegepast: de officiële versie wordt geïnstalleerd. Een instellingenrepository heeft een bestand peertube.yaml en je teksten."
        "Cela fonctionne, mais c’est le code source de PeerTube même, et rien n’en serait appliqué\u{202f}: la version officielle est installée. Un dépôt de réglages contient un fichier peertube.yaml et vos textes."
        "Das geht, ist aber der Quellcode von PeerTube selbst, und nichts davon würde angewendet: die offizielle Version wird installiert. Ein Einstellungs-Repository hat eine Datei peertube.yaml und Ihre Texte."
        "هذا يعمل، لكنه شيفرة PeerTube نفسه ولن يُطبّق منه شيء: يُثبّت الإصدار الرسمي. مستودع الإعدادات فيه ملف peertube.yaml ونصوصك.";

    GitNoBranches
        "There are no branches here."
        "Er zijn hier geen branches."
        "Il n’y a aucune branche ici."
        "Hier gibt es keine Branches."
        "لا فروع هنا.";

    GitSomeBranches
        "Some of the branches here are {0}."
        "Enkele branches hier zijn {0}."
        "Voici quelques-unes des branches\u{202f}: {0}."
        "Einige der Branches hier sind {0}."
        "من الفروع هنا \u{2068}{0}\u{2069}.";

    GitBranches
        "The branches here are {0}."
        "De branches hier zijn {0}."
        "Les branches ici sont {0}."
        "Die Branches hier sind {0}."
        "الفروع هنا هي \u{2068}{0}\u{2069}.";

    GitNoSuchRef
        "There is no branch or tag {0} here. {1}"
        "Hier is geen branch of tag {0}. {1}"
        "Il n’y a pas de branche ou d’étiquette {0} ici. {1}"
        "Hier gibt es keinen Branch und kein Tag {0}. {1}"
        "لا يوجد هنا فرع أو وسم باسم \u{2068}{0}\u{2069}. \u{2068}{1}\u{2069}";

    GitNoSuchDefault
        "The default branch {0} does not exist. {1} Make one the default."
        "De standaardbranch {0} bestaat niet. {1} Maak er een de standaard."
        "La branche par défaut {0} n’existe pas. {1} Choisissez-en une par défaut."
        "Den Standard-Branch {0} gibt es nicht. {1} Machen Sie einen zum Standard."
        "الفرع الافتراضي \u{2068}{0}\u{2069} غير موجود. \u{2068}{1}\u{2069} اجعل أحدها الافتراضي.";

    GitNoDefault
        "This repository has no default branch. {0} Make one the default."
        "Deze repository heeft geen standaardbranch. {0} Maak er een de standaard."
        "Ce dépôt n’a pas de branche par défaut. {0} Choisissez-en une par défaut."
        "Dieses Repository hat keinen Standard-Branch. {0} Machen Sie einen zum Standard."
        "ليس لهذا المستودع فرع افتراضي. \u{2068}{0}\u{2069} اجعل أحدها الافتراضي.";

    GitNoRepository
        "There is no git repository at this address. Enter the one you would give to `git clone`."
        "Op dit adres is geen git-repository. Vul het adres in dat je aan `git clone` zou geven."
        "Il n’y a pas de dépôt git à cette adresse. Saisissez celle que vous donneriez à `git clone`."
        "Unter dieser Adresse ist kein Git-Repository. Geben Sie die ein, die Sie `git clone` geben würden."
        "لا يوجد مستودع git في هذا العنوان. أدخل العنوان الذي تعطيه لـ `git clone`.";

    GitDumb
        "{0} offers this repository only as plain files (git's \"dumb\" HTTP), which is not supported. Serve it with `git http-backend` or put it on a forge."
        "{0} biedt deze repository alleen als losse bestanden aan (git's ‘dumb’ HTTP), wat niet gaat. Bied haar aan met `git http-backend` of zet haar op een forge."
        "{0} n’offre ce dépôt que comme simples fichiers (HTTP «\u{202f}dumb\u{202f}» de git), ce qui n’est pas possible. Servez-le avec `git http-backend` ou mettez-le sur une forge."
        "{0} bietet dieses Repository nur als einfache Dateien an (gits „dumb“ HTTP), was nicht geht. Bieten Sie es mit `git http-backend` an oder legen Sie es auf eine Forge."
        "يقدّم \u{2068}{0}\u{2069} هذا المستودع كملفات عادية فقط (HTTP «البسيط» في git) وهذا غير مدعوم. قدّمه بـ `git http-backend` أو ضعه على منصة استضافة.";

    GitEncoded
        "{0} sends compressed what git expects as it is. Its administrator has to switch that off for git."
        "{0} stuurt gecomprimeerd wat git verwacht zoals het is. De beheerder moet dat voor git uitzetten."
        "{0} envoie compressé ce que git attend tel quel. Son administrateur doit désactiver cela pour git."
        "{0} sendet komprimiert, was Git unverändert erwartet. Der Administrator muss das für Git abschalten."
        "يرسل \u{2068}{0}\u{2069} مضغوطًا ما يتوقعه git كما هو. على مديره إيقاف ذلك لأجل git.";

    GitElsewhere
        "{0} leads from here to a page that is not a git repository. Check the spelling; the repository must be public."
        "{0} leidt van hier naar een pagina die geen git-repository is. Kijk de spelling na; de repository moet openbaar zijn."
        "{0} mène d’ici à une page qui n’est pas un dépôt git. Vérifiez l’orthographe\u{202f}; le dépôt doit être public."
        "{0} führt von hier zu einer Seite, die kein Git-Repository ist. Prüfen Sie die Schreibweise; das Repository muss öffentlich sein."
        "يؤدي \u{2068}{0}\u{2069} من هنا إلى صفحة ليست مستودع git. تحقق من الإملاء؛ يجب أن يكون المستودع عامًا.";
}
