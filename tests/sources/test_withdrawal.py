"""Which comments withdraw their paper: kinds of notices, and decoys that only sound like it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sources.base import Paper, PaperId
from newsletter.sources.withdrawals.withdrawal import abstract_withdraws, comment_withdraws
from tests.sources import samples

NOTICES = """\
Author-requested withdrawal owing to an error
Withdrawal owing to an error in Lemma 3
De auteurs trekken dit manuscript terug
De auteurs trekken dit manuscript in
Wij trekken deze versie in
Yazarlar bu çalışmayı geri çekti
Bu çalışma geri çekildi
Bu çalışma yazarlar tarafından geri çekilmiştir
Pulled from arXiv by the authors after an error was discovered
Removed from the arXiv by the authors owing to a copyright dispute
Taken down from this server by request
Taken off arXiv by the authors
12 pages; pulled from the archive at the request of the second author
It was removed from arXiv by us once the bug came to light
Submitted to NeurIPS; since removed from arXiv by the authors
We have taken it down from arXiv because the main result fails
We took this offline after finding a mistake
Authors took it off arXiv
Deleted from this e-print server by its author
The authors asked to have it removed from arXiv
Pulled from arXiv; see the corrected version at arXiv:2301.00001
[Removed from arXiv by arXiv administrators]
Pulled by the first author from the preprint server
Removed from arXiv on the advice of counsel
Has been taken offline from arXiv pending legal review
The authors have removed this from the arXiv
Pulled off arXiv by the authors
Taken down by its authors
Removed by the corresponding author due to errors
Pulled from public view by the authors
Pulled from arXiv
Manuscript removed from arXiv at our wish
Removed from arXiv by mutual agreement of the authors
This work has been pulled from this archive by us
Yanked from arXiv by the authors
Taken down from arXiv, please do not cite
Pulled from arXiv by both authors, as Lemma 2 is false
Pulled by authors
Withdrawn for further revision
The paper is withdrawn since the main claim turned out to be known
I have withdrawn this submission, please do not cite
Submission withdrawn by the authors in July 2024
This version of the manuscript has been withdrawn by the authors
arXiv admin note: This submission has been withdrawn due to text overlap with other authors
This paper is being withdrawn, a corrected version will be posted later
We are retracting this paper because the dataset was contaminated
This article is withdrawn: the experiment in Section 4 could not be reproduced
[Withdrawn] The proof of Proposition 2 has a gap
WITHDRAWN: see comments
Paper has been temporarily withdrawn for internal approval
the authors wish to withdraw this manuscript
Authors request withdrawal of the article owing to licensing issues
Please withdraw this paper; the author list was not approved
I would like to withdraw my paper since there are conflicts with my co-author
This preprint has been taken down at the request of our sponsor
Removed by the author because of copyright
This paper was withdrawn by arXiv moderators
Withdrawal requested by the corresponding author
Retraction: the results in Table 2 are wrong
Retracted due to an error in the code
The author has withdrawn this paper in order to merge it with arXiv:2401.00001
Merged into arXiv:2402.11111; this paper is withdrawn
Replaced by arXiv:2403.12345 and therefore withdrawn
15 pages. This work has been withdrawn because it needs clearance
withdrawn -- wrong boundary condition
This paper was submitted in error and is withdrawn
Withdrawn, the theorem is false
Due to a mistake found in the simulation, the authors decided to withdraw the paper from arXiv
The submission is hereby withdrawn
This manuscript has since been withdrawn; the analysis was flawed
Paper under legal review, withdrawn until further notice
Authors have retracted the preprint
The paper has been recalled by the authors
This submission is cancelled by the authors
Withdrawn as duplicate of arXiv:2001.01234
This is a duplicate submission and has been withdrawn
withdrawn by author's request
המאמר נמשך על ידי המחברים
מאמר זה הוסר בשל טעות בהוכחה
המחברים משכו את המאמר
أزيلت. تم سحب المقالة بسبب خطأ
سحب المؤلفون هذا البحث
سُحبت هذه الورقة من قبل المؤلفين
مصنفین نے یہ مقالہ واپس لے لیا ہے
লেখকরা এই প্রবন্ধটি প্রত্যাহার করেছেন
लेखकांनी हा लेख मागे घेतला आहे
यो लेख लेखकहरूद्वारा फिर्ता लिइएको छ
આ લેખ લેખકોએ પાછો ખેંચ્યો છે
ਇਹ ਪੇਪਰ ਲੇਖਕਾਂ ਨੇ ਵਾਪਸ ਲੈ ਲਿਆ ਹੈ
இந்தக் கட்டுரை ஆசிரியர்களால் திரும்பப் பெறப்பட்டது
ఈ పత్రాన్ని రచయితలు ఉపసంహరించుకున్నారు
ಈ ಲೇಖನವನ್ನು ಲೇಖಕರು ಹಿಂಪಡೆದಿದ್ದಾರೆ
ഈ ലേഖനം രചയിതാക്കൾ പിൻവലിച്ചു
බලන්න. මෙම ලිපිය කතුවරුන් විසින් ඉල්ලා අස්කර ගන්නා ලදී
บทความนี้ถูกถอนโดยผู้เขียน
ผู้เขียนได้ถอนบทความนี้เนื่องจากข้อผิดพลาด
ບົດຄວາມນີ້ຖືກຖອນໂດຍຜູ້ຂຽນ
អត្ថបទនេះត្រូវបានដកចេញដោយអ្នកនិពន្ធ
ဤစာတမ်းကို ရေးသားသူများက ရုပ်သိမ်းလိုက်သည်
ይህ ጽሑፍ በደራሲዎቹ ተነስቷል
სტატია გამოხმობილია ავტორების მიერ
ავტორებმა სტატია უკან გაიწვიეს
Հոդվածը հետ է կանչվել հեղինակների կողմից
Հեղինակները հետ են վերցրել հոդվածը
Məqalə müəlliflər tərəfindən geri götürülmüşdür
Мақаланы авторлар қайтарып алды
Макала авторлор тарабынан кайтарып алынды
Maqola mualliflar tomonidan qaytarib olindi
Зохиогчид энэ өгүүллийг буцаан татсан
Артыкул адкліканы аўтарамі
Трудот е повлечен од авторите
Рад је повучен од стране аутора
Аутори повлаче рад због грешке
Artikulli u tërhoq nga autorët
Greinin hefur verið dregin til baka af höfundum
Höfundar draga greinina til baka
Tharraing na húdair an páipéar siar
Mae'r papur hwn wedi'i dynnu'n ôl gan yr awduron
Artikulua egileek erretiratu dute
Artikkel on autorite poolt tagasi võetud
Hierdie artikel is deur die outeurs teruggetrek
Makala haya yameondolewa na waandishi
Marubutan sun janye wannan takarda
Ang papel na ito ay binawi ng mga may-akda
Makalah ini ditarik oleh penulis
Naskah ini dicabut karena kesalahan
Kertas kerja ini telah ditarik balik oleh pengarang
Bài báo này đã được rút bởi tác giả
Tác giả đã rút bài báo vì có lỗi
La artikolo estis retirita de la aŭtoroj
O artigo foi retirado polos autores
Članak je povučen od strane autora
Článok stiahli autori
논문이 철회되었습니다
本稿は著者により撤回されました
本論文已被作者撤回
Mākslas raksts atsaukts autoru dēļ
המאמר הוסר על ידי המחברים עקב שגיאה
אנו מושכים את העבודה הזו
לאור טעות בלמה 3, המאמר בוטל
تم إلغاء هذا البحث من قبل المؤلف
نسحب هذه الورقة بسبب خطأ في البرهان
এই গবেষণাপত্রটি লেখক কর্তৃক প্রত্যাহার করা হলো
ผู้แต่งขอถอนบทความฉบับนี้
ეს ნაშრომი ამოღებულია ავტორის მიერ
Այս աշխատանքը հանվել է հեղինակների կողմից
Бұл жұмыс кері қайтарылды
Ushbu maqola qaytarib olindi
Гэты артыкул зняты аўтарам
Статијата е повлечена поради грешка
Punimi u tërhoq për shkak të një gabimi
Þessi grein hefur verið afturkölluð
Artikulu hau erretiratua izan da
Hemos retirado este trabajo
Makala hii imefutwa na mwandishi
Artikel ini dicabut oleh penulis
Bài báo được rút lại do lỗi
Chúng tôi xin rút bài báo này
Cikkünket visszavontuk
La artikolo estas retirita
यह शोध पत्र निरस्त किया गया है
இந்த ஆய்வுக் கட்டுரை விலக்கிக்கொள்ளப்பட்டது
ఈ వ్యాసం ఉపసంహరించబడింది
ഈ പ്രബന്ധം പിൻവലിച്ചിരിക്കുന്നു
یہ مضمون مصنفین نے واپس لے لیا
Бул макала кайтарып алынды
این مقاله توسط نویسندگان پس گرفته شده است
نویسندگان این مقاله را پس گرفتند
यह लेख लेखकों द्वारा वापस ले लिया गया है
Avtorji so članek umaknili
Straipsnis atšauktas autorių
This is a comment on another paper. This paper has been withdrawn by its authors
Due to overlap with another paper, withdrawn
After the reviewers' comments the paper was withdrawn
This is a paper that has been withdrawn
The journal has retracted this paper
The journal retracted this article because of image manipulation
This paper was retracted by the journal
Retracted at the request of the editor-in-chief
This article was retracted in Nature 2022
Paper retracted from Journal of X due to an error
Autoři stahují tento článek
Autor stahuje tento článek kvůli chybě v důkazu
Autoři stáhli tento článek
Tento článek stahujeme kvůli chybě
Stahujeme tento článek
Článok bol stiahnutý autormi
Författarna drar tillbaka artikeln
Författaren har dragit tillbaka denna artikel
Vi drar tillbaka artikeln
Forfatterne trekker artikkelen tilbake
Forfatterne trækker artiklen tilbage
Artiklen er trukket tilbage
Autorzy wycofali artykuł
Autorzy wycofują ten artykuł
Wycofujemy ten artykuł
Yazarlar makaleyi geri çekti
De auteurs trekken dit artikel terug
Wij trekken dit artikel in
Ritiriamo questo articolo
Retiramos este artículo por un error
Os autores retiram este artigo
Авторы отзывают статью
Мы отзываем эту статью
Автор снял статью
Kirjoittajat ovat vetäneet artikkelin pois
A szerzők visszavonták a cikket
A cikket visszavonták
Οι συγγραφείς απέσυραν το άρθρο
Το άρθρο αποσύρθηκε από τους συγγραφείς
Стаття відкликана авторами
Автори відкликали статтю
Autorii au retras articolul
Els autors retiren aquest article
Autori su povukli ovaj rad
Статията е оттеглена от авторите
המאמר הוסר על ידי המחברים
تم سحب هذا البحث من قبل المؤلفين
Makalah ini telah ditarik oleh penulis
Bài báo đã được rút lại bởi các tác giả
Error in Theorem 2; please disregard this paper
Notice of retraction: data were fabricated
The journal that published this paper has retracted it
This paper was retracted by the publisher on 3 May 2024
Retracted article, see DOI 10.1000/xyz
Retracted by Scientific Reports
The published version of this article has been retracted by its authors
The editors of PLOS ONE retracted this article in 2023
The authors retracted this work after finding a bug in their code
This work has been retracted from Nature Communications
Autoři tento článek stáhli
Autorka stahuje svůj článek, protože důkaz je chybný
Tuto práci stahuji kvůli chybě v důkazu
Práce byla stažena na žádost autorů
Autori sťahujú tento článok
Autor wycofuje pracę
Artykuł wycofano z powodu błędu
Praca została wycofana przez autora
Jag drar tillbaka artikeln på grund av ett fel
Artikkelen er trukket tilbake av forfatterne
Artiklen er trukket tilbage af forfatterne
Vedän artikkelin pois virheen takia
Yazarlar bu makaleyi geri çekmiştir
Ik trek dit artikel terug
Ich ziehe dieses Paper zurück
Wir ziehen das Manuskript wegen eines Fehlers zurück
L'autore ritira il presente articolo
L'auteure retire cet article en raison d'une erreur
Je retire cet article
O autor retira este artigo
La autora retira este artículo
Автор отзывает статью из-за ошибки
Авторы просят снять статью
A szerző visszavonja a cikket
著者らは本論文を撤回する
作者决定撤回该论文
저자들이 이 논문을 철회합니다
The submission is withdrawn on the advice of my supervisor
Withdrawn by author, error in eq. (12)
This paper has been withdrawn from publication by the authors
Artikeln har dragits tillbaka av författarna
Artikkeln har dragits tillbaka
Článek byl stažen autory
Staženo autory kvůli chybě
Tämä artikkeli on vedetty pois
Cet article a été retiré par ses auteurs
Cet article a été retiré par son auteur
Cet article est retiré
Article retiré par ses auteurs en raison d'une erreur
Ce papier a été retiré de l'arXiv
Cette prépublication a été retirée par ses auteurs
Les auteurs ont retiré cet article
Les auteurs retirent cet article
L'auteur a retiré ce papier à cause d'une erreur
Retiré à la demande des auteurs
Nous avons retiré ce papier
Retrait de l'article par les auteurs
Este artículo ha sido retirado por sus autores
Este artículo fue retirado por su autor
Los autores han retirado este artículo
El autor ha retirado este artículo
Retirado por error en la demostración
Artículo retirado
Este trabajo ha sido retirado debido a un error
Retirado a petición de los autores
Hemos retirado este artículo
Dieser Artikel wurde von seinen Autoren zurückgezogen
Dieses Paper wurde von den Autoren zurückgezogen
Die Autoren haben diesen Artikel zurückgezogen
Die Autoren ziehen diesen Artikel zurück
Wir ziehen diese Arbeit zurück
Wir haben diese Arbeit zurückgezogen
Von den Autoren zurückgezogen
Diese Arbeit wurde wegen eines Fehlers zurückgezogen
Este artigo foi retirado pelos seus autores
Este artigo foi retirado pelo autor devido a um erro
Os autores retiraram este artigo
Retirado pelos autores
Artigo retirado a pedido dos autores
Este trabalho foi retirado
Questo articolo è stato ritirato dai suoi autori
Questo articolo è stato ritirato dagli autori
Gli autori hanno ritirato questo articolo
Articolo ritirato a causa di un errore
Ritirato dall'autore
Abbiamo ritirato questo articolo
Dit artikel is door de auteurs ingetrokken
Ingetrokken door de auteurs
Статья отозвана авторами
Авторы отозвали статью
Работа отозвана её авторами
Статья отозвана
この論文は著者により撤回されました
取り下げ
著者により取り下げられました
本文已被作者撤回
作者已撤稿
论文已撤销
论文已被作者撤下
저자에 의해 철회되었습니다
이 논문은 저자가 철회하였습니다
Makale yazarlar tarafından geri çekilmiştir
Artykuł został wycofany przez autorów
Denna artikel har dragits tillbaka av författarna
Aquest article ha estat retirat pels autors
Cet article est retiré par ses auteurs car la preuve du lemme 3 est fausse
Papier retiré pour cause d'erreur
Le présent manuscrit a été retiré par l'auteur
Les auteurs souhaitent retirer cet article
Este manuscrito ha sido retirado por los autores debido a errores
El artículo se ha retirado
Se retira este artículo
Retirado por los propios autores
Diese Version wurde von den Autoren zurückgezogen, da Satz 2 falsch ist
Der Artikel wird zurückgezogen
Zurückgezogen wegen eines Fehlers im Beweis
Este artigo foi retirado porque contém erros
O autor retirou este artigo
Il presente lavoro è stato ritirato dall'autore
L'articolo è ritirato
Dit paper is ingetrokken vanwege een fout
Данная статья отозвана автором из-за ошибки
本論文は取り下げられた
该论文已被撤回
이 논문은 철회됨
This paper has been withdrawn because Theorem 3 is false
This version is withdrawn because Lemma 4 is wrong; do not cite
The paper is withdrawn since Theorem 1.2 is incorrect
Withdrawn as Lemma 5 is wrong
The article was withdrawn because results are wrong
This paper is withdrawn because Section 3 contains a mistake
Withdrawn because code had a bug
Withdrawn since proof is incomplete
Withdrawn due data error
This paper has been withdrawn pending patent application
Temporarily withdrawn for patent reasons
The paper is withdrawn until patent is granted
Withdrawn without consent of the others
This paper is no longer available
No longer available on arXiv at the request of the authors
Full text no longer available
This article has been retired by the authors
Retired by the authors due to an error in Lemma 3
paper withdrawm because of a mistake
The authors have decided to retract
This manuscript has been taken off arXiv
Version removed due to a copyright violation
Submission has been voided by the authors
Paper cancelled by the author
Retiré par l'auteur en raison d'une erreur
Cet article a été retiré
Dieser Artikel wurde zurückgezogen
Zurückgezogen vom Autor
Retirado por los autores debido a un error
Ritirato dagli autori
Отозвано автором
Withdrawn to reorganize and extend the current findings in a future version
The authors have decided to withdraw the paper for further development
I need to withdraw the paper as there something wrong
This manuscript has been withdrawn due to a mistake in Theorem 3.1
We withdraw this work temporarily, since some results of the ICML version are inconsistent
Withdrawn since the NeurIPS policy forbids preprints
Withdrawn. The paper was submitted to ICML without the consent of all authors
The paper is withdrawn because a co-author objects to the publication
This paper was withdrawn by the author because of the error in Lemma 4 of the published version
Withdrawn: superseded by a longer version, see arXiv:2401.01234
This work has been withdrawn due to an internal approval process at Samsung
This arXiv submission has been withdrawn
paper has been withdrawn; error in eq. (12)
Withdrawn pending clarification of authorship
Withdrawn owing to an incorrect statistical analysis
We voluntarily withdraw our paper
the author has requested this paper be withdrawn
We are retracting this manuscript
This version should be withdrawn because the authors uploaded a wrong file
The first version has an error, so we withdraw the paper
The previous version has errors and we want to withdraw it
Since the original paper contains mistakes in the data, it is withdrawn
The work was rejected by the journal and we decided to withdraw the manuscript from arXiv
The submission is withdrawn because the code could not be released
I would like to withdraw my article
Withdrawn due to a violation of the double submission policy
withdrawn by the authors because of errors in the dataset of the first version
The current version has been withdrawn. Please contact the authors
Article withdrawn
This paper is being withdrawn
Due to an error in the training code, all results are invalid. We therefore withdraw the paper
The authors request that this paper is withdrawn
Please note that this paper has been withdrawn
We have to retract our paper because of a mistake in the proof of the main theorem
Retracted
Retraction: the results are not reproducible
Retracted by the authors
The author wishes to retract this article
This submission has been taken down at the authors' request
This paper has been deleted by the authors
This paper has been withdrawn by the author due to a crucial error in equation 5
Withdrawn
WITHDRAWN BY THE AUTHORS
withdrawn due to error in proof of Lemma 2
12 pages, 3 figures. This paper has been withdrawn
Paper withdrawn
Paper withdrawn by the authors
5 pages, withdrawn
The authors have withdrawn this paper
The authors withdraw this paper since the main theorem is wrong
We withdraw this paper due to significant visualization errors in Figure 3 and 5
This papers has been withdrawn
This paper as been withdrawn
This paper is withdrawn because it was replaced by arXiv:1234.56789
This manuscript is being withdrawn at the request of the authors
The paper needs to be withdrawn for major revision
Authors have decided to retract this manuscript
We retract this paper because of an error in the code
This paper was retracted by the authors
Retracted due to an error in Section 3
[Withdrawn]
v2: withdrawn, error in Theorem 1
This version has been withdrawn by the author, a new version will be submitted to Physical Review
Withdrawn: an error in the main argument
Withdrawal requested by the authors
The author requests withdrawal due to inaccuracies
This work is temporarily withdrawn pending approval from our institution
Temporarily withdrawn
the paper has been withdrawed by the authors
We have withdrawed this paper
We need to withdraw the paper for internal policy reasons
We want to withdraw our submission from arXiv
I am withdrawing my paper because it contains errors
There are errors in the experiments, so we withdraw it
Please withdraw this submission
Requesting withdrawal because of incorrect data
Due to a conflict among the authors, this paper will be withdrawn
Due to crucial sign error in equation 3, the paper has been withdrawn
There is a mistake in the proof; paper withdrawn
The results are incorrect. The manuscript has been withdrawn
The authors have requested that this paper be withdrawn
This paper is withdrawn. It was submitted without the consent of all co-authors
Withdrawn by arXiv administrators due to copyright violation
This article has been retracted at the request of the authors
The paper contains errors and should be withdrawn
This draft is withdrawn for further modification
We hereby withdraw this article
The paper has been taken down by the authors
We would like to remove this paper from arXiv because of copyright
This paper has been removed by the authors due to an error
The submission was withdrawn from arXiv by the authors
This preprint has been withdrawn from public view
Accepted to ICML 2024. This paper has been withdrawn by the authors due to a critical error
I have found a gap in the proof and I withdraw the paper
The paper is withdrawn as the theoretical results are incorrect
This paper had been withdrawn due to an error in dataset
Paper is withdrawn
Manuscript withdrawn by author request
The authors wish to withdraw this article
The authors are withdrawing this paper to correct an issue with the data
Withdrawn for revision
This is a withdrawn paper
Submission withdrawn
The data were wrong and this work has to be withdrawn
withdrawn by author
After internal review we decided to withdraw this paper
We withdraw because the proof is wrong
This paper has been withdrawn by the authors after an error was found by the reviewers
This paper has been withdrawn after internal review found an error
withdrawn as it is superseded by arXiv:2301.00001
We found a bug in our code, and therefore have to withdraw the manuscript until it is fixed
We have to withdraw this work owing to a licensing issue with the data set
The first author withdraws this paper
paper withdrawn due to an error pointed out by a referee
Some errors were found, and this paper needs to be retracted
The previous versions contain errors. This paper has been withdrawn
This paper has been withdrawn by the author(s) due to a missing reference
We regret to withdraw this submission
We are withdrawing the submission in order to thoroughly revise the work
This paper is withdrawn from the arXiv
There was a problem with the data from our partner, hence the paper is withdrawn
This is the old version and is withdrawn
This paper has been withdrawn due to journal policy
Withdrawn because the journal does not allow preprints
This paper has been withdrawn on request from the first author
We withdraw this paper to prevent people from citing it
Duplicate of arXiv:1234.56789, withdrawn
Merged with another paper, withdrawn
The original version contained an error; the paper is withdrawn
The original version contained an error, so the paper is withdrawn
This paper has been withdrawn; a new version is now available at arXiv:2401.00001
We have withdrawn paper due to a bug
This paper contains wrong results and is withdrawn
The main result does not hold and the paper is withdrawn
results not correct and withdrawn
We withdraw this dataset paper
Accepted by Journal of Physics and thus withdrawn because of copyright
This paper has been withdrawn from consideration due to an error
This submission has been withdrawn due to a conference policy on double-blind review
This paper has been withdrawn in favour of arXiv:2301.00001
Incomplete work. Withdrawn
Withdrawn, will be resubmitted after corrections
This paper has been withdrawn by Ada Lovelace, see arXiv:2101.00001
The author has withdrawn this preprint, since the results are contained in a more general paper
Submitted by mistake, withdrawn
Paper submitted in error; it has been withdrawn
Due to an unresolved authorship dispute, the paper was withdrawn
Due to errors we withdrew this paper
The work is not finished yet, thus we have decided to withdraw it
withdrawn for the moment
Needs major revision, please withdraw
The manuscript is under major revision and is temporarily withdrawn from arXiv
Authorship issue, withdrawn at request of co-authors
Pulled by authors because of a fatal bug
published in PRL but has been withdrawn owing to an error
Accepted at ICML 2024, but this paper has since been withdrawn because of an error in Theorem 2
This article appeared in JHEP but is withdrawn because the main formula is wrong
Pulled due to an error in the evaluation script
Taken down by the authors: data leak in the test split
Removed by the author as the proof of Lemma 3 fails
Retracted: flawed statistics
Authors pulled this paper because of a labelling mistake
I pulled this paper after finding a sign error
This preprint has been pulled
Submitted to PRD, but has been withdrawn because of a mistake in the numerics
Published in Nature Physics and subsequently retracted
This paper was published in PLoS ONE and has been retracted by the authors
Published in Phys. Rev. B; withdrawn because of a fundamental flaw in the model
Taken offline because the results cannot be reproduced
Cancelled by the authors
Deleted by the authors because of wrong results
We pull this manuscript due to a bug that invalidates Table 1
Revoked by the authors owing to a serious error
The paper is flawed and has been pulled by its authors
Paper removed because of incorrect results
This paper was submitted to CVPR 2025; it is withdrawn from arXiv because of an error in the code
Withdrawn: presented at ICRA, but the experiments contain a fatal bug
This submission has been withdrawn by arXiv admins because it was accepted under a false name
The paper was accepted by IEEE TSP, but we have found a critical error in the proof and withdraw it
Presented at NeurIPS 2023, withdrawn because the central theorem is false
Accepted for publication in ApJ; retracted because of an error in the calibration
Manuscript pulled at the request of a co-author
Appeared at COLT 2019, the paper is withdrawn since its main proof has a gap
Paper recalled by the authors
Pulled for revision
Paper pulled, error in Section 4
Taken down due to a copyright dispute
This paper is hereby pulled by the authors on account of a coding mistake
Voluntarily pulled by the authors pending a re-analysis
Withdrawn, ICLR reviewers found a fatal error in the proof
The results published in PRL are wrong, and this paper has been withdrawn
The authors are pulling the paper because its data set was contaminated
Please disregard this paper, it has been pulled
Pulled while we fix a bug in the simulation
The authors have pulled this article
Removed at the request of the authors
Paper has been taken offline by the authors
This paper was taken down because of an ethics complaint
Withdrawn by the author: the proof of Proposition 2.4 contains a gap
Accepted by IEEE TIP. However, due to a serious error in Eq. 7 the authors withdraw this paper
Appeared in Phys. Lett. B, now withdrawn because of a computational error
Published in Scientific Reports; the article is retracted because of irregularities in the data
Submitted to JMLR, withdrawn because the main result is incorrect
We regret to inform readers that this paper has been withdrawn
Withdrawn after a reader pointed out an error in Theorem 1
Needs rework. Withdrawn for now
This paper is withdrawn, as it has been merged into arXiv:2305.00001
A crucial mistake was discovered, therefore the paper is retracted
The paper was published in IJMPA but it turned out to be wrong and is withdrawn
Paper withdrawn due to lack of novelty
The author no longer stands by the results; paper withdrawn
Withdrawn. Will be replaced by a new article
withdrawn as requested by our sponsor
We request to take this paper down
Author requested removal of this paper
Temporarily pulled pending legal review
Retracted by arXiv admins for plagiarism
Article removed by arXiv administrators
This version of the paper has been removed because of a disagreement among the authors
Withdrawn, needs more experiments
This work has been withdrawn because a collaborator did not agree to its posting
This article is no longer valid and has been withdrawn
Accepted to Interspeech 2022; the paper was found to contain a labelling error and is withdrawn
"""

DECOYS = """\
v3 supersedes v2 (withdrawn due to an error)
Replaces version 2 (withdrawn because of a bug)
Lists 400 articles withdrawn from arXiv between 2010 and 2024
A dataset of papers withdrawn from arXiv
A study of preprints that were withdrawn from arXiv
Corpus of manuscripts retracted from arXiv
Bu çalışma konferanstan geri çekildi
Bu çalışma buzulların geri çekilmesini inceler
Pulled from the conference by the authors
Removed from the workshop programme by the authors
Data pulled from arXiv by the authors
Comments pulled from arXiv with a crawler
Pulled from arXiv via the API
Removed from the supplementary material by us
We took this from arXiv:1234.5678
We took this problem from arXiv
Supersedes arXiv:2101.12345, since removed from arXiv
Replaces arXiv:2101.12345 (removed from arXiv)
A study of preprints removed from arXiv after errors were found
Why are papers pulled from arXiv by their authors?
Figures taken from arXiv by permission
Removed from ICLR by the authors
Code taken down from GitHub by us
Our demo was taken down by the server
Two references removed by the authors
Appendix B removed from arXiv at the editor's request
Pulled from the leaderboard by the authors after an error was discovered
This was pulled from the special issue by the editor
We took it down to 3 pages
We took this off the list of open problems
The authors pulled it from CVPR
Pulled from the archive of the telescope by us
An earlier draft was removed from arXiv by the authors
Supplement deleted from the server by us
Dataset was removed from the repository because of privacy
Not removed from arXiv
The restriction was removed from arXiv policy
Video taken down from YouTube by the authors
Pulled from arXiv: 1000 papers
Line numbers removed from the arXiv version
Version 1 was removed from arXiv by the authors
Removed from arXiv listing: none
LaTeX comments removed from the arXiv source on request
Accepted to NeurIPS 2025 after being withdrawn from ICML 2025
Comment on the retracted article of Smith et al.
A deformation retraction theorem, 12 pages
Strong deformation retracts and withdrawal strategies
Previously submitted to AAAI-26 (withdrawn), now under review at TPAMI
v3: Lemma 4 removed; typos corrected
Corollary 2 of the previous version has been withdrawn
Replaces withdrawn arXiv:2305.00001
Contains material from the withdrawn preprint arXiv:2201.00001
8 pages, supersedes an earlier, withdrawn version
Withdrawn from consideration at Physical Review Letters
Code removed from the appendix; 30 pages
ICLR 2026 withdrawn submission, revised
Smart contract withdrawals on Ethereum, 14 pages
Ground water withdrawal data are available at the link
Alcohol withdrawal detection with wearables
Some figures have been removed to reduce file size
Appendix deleted; accepted by JHEP
This paper has not been retracted
The funding statement was withdrawn
A new version will be pulled from GitHub
Pulled request results; see pull requests #12
Data pulled from Twitter in 2021
Datasets no longer available under the old link; use zenodo
Demo no longer available
Rejected at CVPR, withdrawn at ICCV
The EMNLP version was withdrawn by us
An analysis of 500 withdrawn papers
arXiv admin note: text overlap with withdrawn arXiv:1905.00001
Reinstated. Was withdrawn by mistake
Comments on 'Retracted: deep learning for X'
Submitted to Nature, withdrawn, submitted to Science
Workshop paper withdrawn in favour of the main track
We recall basic facts; 10 pages
We study retraction of scientific papers, 20 pages
v2: withdrew the claim of optimality in Section 3
The second author withdrew from the project
Published in Phys. Rev. D; the erratum withdraws Eq. (5)
Withdrawing troops: a game-theoretic model
Tokens are withdrawn after the epoch ends
המאמר נמשך מהכנס ICML
המאמר לא נמשך
המאמר התקבל לכנס ונמשך ממנו
תם הכנס. המאמר עוסק בגידול נמשך לאורך זמן
تم سحب الورقة من المؤتمر
لم يتم سحب الورقة
সম্মেলন থেকে প্রবন্ধটি প্রত্যাহার করা হয়েছে
บทความนี้ถูกถอนจากการประชุม
บทความนี้ยังไม่ถูกถอน
இக்கட்டுரை மாநாட்டிலிருந்து திரும்பப் பெறப்பட்டது
სტატია კონფერენციიდან გაიწვიეს
Հոդվածը հետ է վերցվել գիտաժողովից
Məqalə konfransdan geri götürüldü
Рад је повучен са конференције
Рад није повучен
Greinin var dregin til baka af ráðstefnu
Artikulua kongresutik erretiratu dute
L'article va ser retirat del congrés
Artikkel võeti konverentsilt tagasi
Hierdie artikel is van die konferensie teruggetrek
Makalah ditarik dari konferensi
Makalah ini tidak ditarik
Bài báo đã được rút khỏi hội nghị
Bài báo không bị rút
Trudot e prifaten, 12 stranici
12 pages, Tynnu papers, alt text
Accepted by ICASSP; alt text: retiring a lan
Tagasi artikkel
10 pages, papel de la retirada en la guerra; no
Estudo sobre retirada de tropas, artigo de 10 páginas
Ang papel ay tinanggap
Thai: บทความนี้มี 10 หน้า
מאמר על משיכה כבידתית
مقالة عن انسحاب القوات
בחינת מאמר: 12 עמודים
Comments welcome; work on banning jany characters
Karatasi na makala kuhusu kilimo
Nghiên cứu về rút tiền từ ngân hàng: 15 trang
המאמר נמשך מכתב העת
העבודה טרם הוסרה
הגרסה הקודמת של המאמר הוסרה
سحبت الورقة من مجلة نيتشر
النسخة السابقة من المقالة سحبت
ওই প্রবন্ধটি জার্নাল থেকে প্রত্যাহার করা হয়েছিল
ถอนบทความจากวารสาร
სტატია ჟურნალიდან ამოღებულია
Հոդվածը չի հանվել
Maqola jurnaldan qaytarib olindi
Артыкул не адкліканы
Статијата не е повлечена
Artikulli u tërhoq nga konferenca
Greinin hefur ekki verið dregin til baka
Artikulua ez da erretiratu
Artikel ini menarik, 12 halaman
Makalah ini menarik perhatian pembaca
Bài báo chưa được rút
Makala imeondolewa kwenye jarida
ICASSP 2026: המאמר נמשך
บทความเกี่ยวกับการถอนเงิน
L'article retire l'hypothèse de compacité
L'article retire du théorème
El artículo retira la hipótesis
Cikk a pénz visszavonásáról
This is a comment on a paper that has since been withdrawn
A reply to a manuscript which was later withdrawn by its authors
We respond to an article (since withdrawn) on the same data
Comment on a preprint that has been taken down
Our reply to the paper that its authors have withdrawn
This note discusses a manuscript that was later retracted
این مقاله پس گرفته نشده است
این مقاله از کنفرانس پس گرفته شد
نسخه قبلی این مقاله پس گرفته شده است
यह पेपर सम्मेलन से वापस लिया गया
Članek ni umaknjen
A study of papers retracted by the journal
Analysis of articles retracted by journals between 2000 and 2020
Článek byl stažen z konference
Autoři stáhli příspěvek z konference
Авторы отозвали статью с конференции
Yazarlar makaleyi konferanstan geri çekti
De auteurs trokken het artikel in van de conferentie
从ICLR撤稿后修改
从会议撤回，改投TMLR
本文研究撤稿论文
撤稿论文的数据集
Replaces a paper retracted by the journal
The earlier version was retracted by the journal
A comment on the paper retracted by the journal
The data set was withdrawn by its owner
Data of Section 4 withdrawn
Autoři stahují data z webu
Kód ke stažení
Nous retirons les outliers
Мы отзываем гипотезу
12 pages; a survey of articles retracted by the publisher
The journal has retracted 30 papers of this group, which we analyse
Why do journals retract articles? 14 pages
This note discusses a paper in Science that was retracted
Discusses the article retracted by Nature in 2022
Autoři stahují data z API
Stahujeme obrázky z webu pro trénink
Příspěvek byl stažen z konference kvůli formátu
Autor wycofał artykuł z konferencji
Program wycofuje się z pamięci
Vi drar tillbaka en sats
Artikeln drogs tillbaka från konferensen
Forfatterne trakk artikkelen fra konferansen tilbake
Die Autoren zogen den Beitrag bei der Konferenz zurück
Wir ziehen Kraft aus dem Artikel zurück zu den Quellen der ersten Version
De auteurs hebben het artikel teruggetrokken van de conferentie
Gli autori ritirano l'articolo dalla rivista
Nous retirons les points aberrants de l'article de base
Retiramos el fondo de las imágenes del artículo
O artigo retira conclusões de dados
L'articolo ritirato da un'altra rivista
Из статьи сняты ограничения
Авторы отозвали статью из журнала
论文研究撤稿现象
被撤稿论文的引用分析
撤回率分析
本文从NeurIPS撤回后重投ICML
Withdrawn from TMLR, submitted to JMLR
Retracted from consideration at PRL, now submitted to PRD
We retract the robot arm before the next step
Withdrew the second experiment, typos fixed
We withdraw the boundedness assumption of our earlier paper
This paper withdraws the assumption of independence
The supplementary material has been withdrawn at the request of the data provider
Part of this paper was split off to arXiv:2401.01; appendix B withdrawn
This paper analyses 500 withdrawn papers from arXiv
Cash withdrawal dataset available at https://github.com/x/withdrawn
Author list corrected: the name of J. Doe was withdrawn at their request
Withdrawn-drug benchmark, 14 pages
Retraction-based optimization, 12 pages
Formerly titled 'Withdrawn'
previous title: "Withdrawn beliefs"
Článek nebyl stažen
Earlier submitted to Phys. Rev. D, withdrawn by us
Rebuttal withdrawn. Published at TMLR
Submitted to Phys. Rev. Lett., withdrawn by us
Previously submitted to JHEP, later withdrawn by the authors
Was submitted to Nucl. Phys. B, withdrawn by us
First submitted to J. Phys. A, withdrawn by us; now in JMP
Submitted to Ann. Math. and withdrawn by us
Originally submitted to Commun. Math. Phys., withdrawn by the author
Response withdrawn. Accepted at ICML
Review withdrawn. Published in TMLR
Comment withdrawn. Published in PRL
Rebuttal was withdrawn
Author response withdrawn; published at TMLR
Reply withdrawn. Published in Phys. Rev. A
Appeal withdrawn. Accepted to JMLR
Soumis à Annales de l'Institut Fourier, puis retiré
Retiré de la conférence EGC 2024
Article soumis à CVPR puis retiré par ses auteurs
Zurückgezogen von der ICML 2024
Wurde bei Phys. Rev. D eingereicht und zurückgezogen
El capítulo 3 ha sido retirado
Enviado a Phys. Rev. D, retirado por nosotros
La section 4 a été retirée
Le théorème 3 a été retiré
Der Satz 3 wurde zurückgezogen
Il teorema 3 è stato ritirato
Professeur retiré, 12 pages
Auteur retraité
Version 1 a été retirée
La première version a été retirée par ses auteurs
Retirado de la conferencia
En français, 12 pages
Ritirato da ICML 2024
Soumis à la conférence JDS puis retiré
Wir ziehen Satz 3 zurück
Una versión anterior fue retirada
Nous retirons l'hypothèse de régularité
Thèse en français; le chapitre 5 retiré
Cet article n'a pas été retiré
Der Artikel wurde nicht zurückgezogen
Artículo enviado a PRD y retirado
Submitted to Physical Review D and withdrawn by the authors
Author rebuttal withdrawn; accepted at TMLR
Earlier submitted to Phys. Lett. B, withdrawn by the authors
12 pages, en français, à paraître
We withdrew our submission to NeurIPS 2025; now under review at TMLR
We have withdrawn our submission to ICML
v2: Theorem 5 withdrawn, the rest unchanged
v3: Section 4 withdrawn, typos fixed
v2: claim withdrawn
Conjecture 2 withdrawn
Study of opioid withdrawal
Groundwater withdrawal for irrigation
Deformation retraction, 14 pages
Retracted articles in PubMed, 10 pages
The old version is no longer available
The demo is no longer available
Full text no longer available from the publisher
Author is retired from CERN
Talk at a cancelled workshop
Retiré de la conférence NeurIPS
Der Vortrag wurde zurückgezogen
This paper was submitted to EMNLP 2025 and later withdrawn from the submission
Accepted at ICML 2025, withdrawn because of registration costs
This paper has been withdrawn from ICLR 2026 and submitted to CVPR 2026
Withdrawn from the NeurIPS 2025 review process due to low scores
We withdrew this paper from AAAI-26 phase 2
Submitted to ACL ARR May 2025, withdrawn
ICLR 2026 Conference Withdrawn Submission
Paper was withdrawn from the ACM MM 2025 proceedings since no author could attend
withdrawn from KDD for lack of time
This work was previously submitted to ICCV 2025, but we withdrew it to add more experiments
The manuscript was under review at IEEE TIP and was withdrawn by the authors
Originally submitted to Nature; withdrawn after two rounds of review
v1 withdrawn from Journal of Sound; v2 accepted at JASA
Following withdrawal from Interspeech, this is an extended version
This is the withdrawn ICML submission with reviews
Not peer reviewed; withdrawn from PLOS ONE
The authors voluntarily withdrew the accepted paper from the conference
Extended version of a paper retracted from PLOS ONE
We discuss the retracted paper of Doe et al
A comment on the retracted article by Doe
Analysis of 500 withdrawn arXiv papers
Contains data on withdrawn drugs
The benchmark has been withdrawn
Withdrew the claim about optimality
Retracts Theorem 4 of the first version
One of the authors withdrew
The second dataset was withdrawn from public access
20 pages; the erroneous Section 6 has been withdrawn
This replaces the previous version which was withdrawn due to an error
The earlier withdrawal was due to a misunderstanding with the publisher
This is a new version of the withdrawn preprint arXiv:2101.00001
We correct the error that led to the withdrawal of the first version
Resubmitted after withdrawal
Restored after an erroneous withdrawal
Manuscript withdrawn from MNRAS and resubmitted to A&A
Accepted to MICCAI 2025 but withdrawn by authors because of visa issues
Paper accepted by the workshop and then withdrawn from the proceedings
Withdrawn from consideration at NeurIPS
Withdrawn from ARR
Declined by ICLR, withdrawn from WWW'25
this paper is withdrawn from the competition track of NeurIPS
10 pages, 3 figures
Accepted at ICLR 2025
Withdrawn from ICLR 2025
withdrawn from NeurIPS 2024 due to reviewer misconduct
This paper was withdrawn from ICLR 2025
This paper has been withdrawn from CVPR 2025
We have withdrawn this paper from the conference
The paper was withdrawn by the authors from AAAI 2026
ICLR 2025 (withdrawn)
ICLR 2024 Withdrawn Submission
Withdrawn ICLR submission
Submitted to ICML 2025 and later withdrawn
Submitted to NeurIPS 2024, but withdrawn after rebuttal
Accepted to ACL 2024 but withdrawn by the authors
Accepted by IEEE Transactions on Image Processing, but withdrawn for open access reasons
We withdrew our submission from EMNLP to add experiments
Withdrawal from ACL 2025
This is a revised version of a paper withdrawn from Physical Review Letters
This work was submitted to the Journal of Finance and subsequently withdrawn
An earlier version of this paper was withdrawn because of an error, which is now fixed
Version 1 was withdrawn; this is the corrected version
Replaces the withdrawn paper arXiv:1201.1234
This paper replaces arXiv:1201.1234, which has been withdrawn
Corrected version of arXiv:math/0301234 which was withdrawn by the author
Theorem 3 has been withdrawn
The claim in Section 4 is withdrawn
We withdraw the claim of Theorem 2 in the first version
Typos corrected, Lemma 2.3 removed
A study of opioid withdrawal symptoms, 12 pages
Code and a dataset of retracted papers are available
This paper has not been withdrawn
We use data from Retraction Watch
Deformation retraction arguments simplified
Withdrawal symptoms in rats; 4 figures
The previous submission has been removed by mistake and is resubmitted here
Withdrawn from the main track of ACL, accepted to Findings
Desk-rejected from ICLR; withdrawn from AAAI
Accepted at the NeurIPS workshop (withdrawn from the main conference)
We withdrew from the special issue
Under review at TMLR, withdrawn from ICML
The dataset of [3] was withdrawn
Presented at ICRA 2024, withdrawn from the proceedings
This submission was withdrawn before the ICLR decision
Paper withdrawn from submission to Nature
Withdrawn from journal review
Our ICLR 2025 submission was withdrawn
The submission to ICML was withdrawn
8 pages, rejected from CVPR 2025, withdrawn from ICCV 2025
The NeurIPS submission has been withdrawn and the paper is now under review at TMLR
supersedes the withdrawn article arXiv:2101.00001
Resubmission of a withdrawn paper with corrected proofs
Previously withdrawn; error fixed in Section 3
Updated after withdrawal from ICLR
Withdrawn from peer review at eLife
This paper was recommended for acceptance at ICML but we withdrew
One author has withdrawn from the authorship list
The second author withdrew his name
Removed the appendix
Some figures have been removed due to size limits
cash withdrawal model, 3 tables
Paper accepted to an ICCV workshop. We withdrew it later
Submitted to ICLR 2026. Later withdrawn
ICML 2024 submission, withdrawn
Withdrawn after receiving reviews from ICLR
Withdrawn from ICASSP; submitted to Interspeech
Accepted at AAAI 2025 (withdrawn due to visa issues)
Withdrawn from submission
Sections 4 and 5 are withdrawn
v1 was withdrawn because of a missing acknowledgement
Previous version of this paper, arXiv:2101.00001, was withdrawn
This paper was withdrawn by mistake and has been reinstated
Withdrawal has been reversed
Accepted by TMLR, withdrawn from NeurIPS because of the dual submission policy
withdrawn from the review process at Nature Communications
The authors withdrew this paper from the ECCV 2024 conference proceedings
We retract the statement of Theorem 1.2 in the previous version
Rejected at CVPR, withdrew from ICCV, accepted at WACV
Withdrawn as a submission to the Journal of Machine Learning Research
10 pages. Withdrawn from Interspeech 2025
ACL ARR June 2024, withdrawn
Withdrawn at ICLR 2026
Originally in Interspeech 2025 but withdrawn because of a scheduling conflict
Reinstated after being withdrawn in error
Withdrawn in the second round of ACL Rolling Review
EMNLP 2025 (ARR May cycle), withdrawn by the authors
Previously at NeurIPS 2024; withdrawn to extend the experiments
This paper was in the program of ICASSP 2025 but was withdrawn as no author could travel
Restored: the paper had been withdrawn by accident
This article was withdrawn in error by arXiv and is available again
Withdrawn and resubmitted to TMLR
Slated for CVPR 2025, withdrawn for lack of funding to attend
Withdrawn at the author response stage of AAAI-26
The withdrawal notice of v2 was a mistake; this is the full paper
v2 was withdrawn by mistake; v3 restores the paper
Un-withdrawn; original content is back
IJCAI 2024 Survey Track, withdrawn
Listed in the ICLR 2025 OpenReview page as withdrawn
OpenReview: withdrawn submission
Status at ICML 2025: withdrawn
To appear in SIGGRAPH Asia 2025 (conditionally accepted), withdrawn due to page charges
Withdrew at camera-ready from INTERSPEECH
Withdrawn before review at NeurIPS
Was scheduled as a talk at JSM 2024 but the talk was withdrawn
Poster withdrawn at the APS March Meeting
TACL submission 5123, withdrawn by us
Formerly ICLR 2026 submission (withdrawn), extended with new data
Re-posted after an accidental withdrawal
Republished here after it was withdrawn by the system in error
Accepted in Neural Networks, withdrawn over open access fees
This version reinstates the paper withdrawn in v3
Paper was mistakenly marked as withdrawn; now available again
Mistakenly withdrawn, please see this version
Our earlier request to withdraw this paper has been cancelled
We no longer wish to withdraw the paper
Submitted, accepted and then withdrawn in ISMIR 2023
9 pages; EACL 2024 (withdrawn after acceptance)
Withdrawn at NAACL, accepted at TACL
The paper was withdrawn during the ARR commitment phase
Withdrawn during the NeurIPS rebuttal period owing to unfair reviews
Accepted to LREC-COLING 2024, withdrawn for personal reasons
Withdrawn at the discussion phase, NeurIPS 2023
Submitted to ARR in October and withdrawn in December
Rejected at ICML 2023, withdrawn at NeurIPS 2023, accepted at TMLR 2024
Manuscript withdrawn by us from Pattern Recognition after 14 months without reviews
The authors withdrew the ECCV version and extended it
ICASSP 2024 accepted paper; withdrawn as none of us got a visa
Reinstatement of a paper withdrawn by mistake
Accidentally withdrawn on May 3, now restored
arXiv admin note: the withdrawal of this paper was reverted
Paper was wrongly withdrawn and is back now
Please ignore the withdrawal of version 3
This is not a withdrawn paper despite what version 2 says
Our talk at QIP 2024 was withdrawn
WSDM'24 (withdrawn)
A workshop version was withdrawn from the NeurIPS 2022 workshop on ML4H
Comment on a retracted paper by Smith et al.
With a note on the withdrawn FDA guidance
Extended abstract withdrawn from AISTATS 2021
12 pages, accepted at KDD but we had to withdraw due to the registration deadline
Withdrawn (AAAI-25), under review at JAIR
8 pages. Originally accepted at ASRU 2023 but withdrawn since nobody could present
Contains the proof removed from the published version
Figures 3-5 removed due to copyright
Code removed by the authors
Appendix deleted, typos fixed
Taken from the author's PhD thesis
We pulled data from GitHub
Experiments with recalled products
Supersedes arXiv:2101.12345, which was pulled
"""

VENUES = (
    "ICLR 2025",
    "the conference",
    "NeurIPS",
    "the journal",
    "the main track",
    "Physical Review Letters",
    "the ACL 2025 workshop",
    "OpenReview",
)
TAKEN = (
    "Withdrawn from {}",
    "withdrawn by the authors from {}",
    "This paper was withdrawn from {}",
    "This paper has been withdrawn from {}",
    "We have withdrawn this paper from {}",
    "We withdrew our submission from {}",
    "The authors decided to withdraw it from {}",
    "Withdrawal from {}",
    "After the rebuttal we withdrew this work from {}",
)
AROUND = ("", "10 pages, 3 figures", "Code at https://github.com/a/b", "Accepted at TMLR", "v2")


def test_a_notice_withdraws_its_paper_alone_and_behind_another_sentence() -> None:
    said = [
        whole
        for notice in NOTICES.splitlines()
        for whole in (notice, f"12 pages, 3 figures. {notice}.")
    ]
    assert [comment for comment in said if not comment_withdraws(comment)] == []


def test_a_decoy_does_not() -> None:
    said = [whole for decoy in DECOYS.splitlines() for whole in (decoy, f"{decoy}.")]
    assert [comment for comment in said if comment_withdraws(comment)] == []


@given(
    taken=st.sampled_from(TAKEN),
    venue=st.sampled_from(VENUES),
    around=st.sampled_from(AROUND),
    comes_first=st.booleans(),
)
def test_no_withdrawal_from_a_venue_withdraws_the_paper(
    taken: str, venue: str, around: str, *, comes_first: bool
) -> None:
    said = taken.format(venue)
    parts = (said, around) if comes_first else (around, said)
    assert not comment_withdraws(". ".join(filter(None, parts)))


@given(
    st.sampled_from(TAKEN), st.sampled_from(["arXiv", "the arXiv", "this server", "public view"])
)
def test_a_withdrawal_from_arxiv_does(taken: str, place: str) -> None:
    assert taken.startswith("After the rebuttal") or comment_withdraws(taken.format(place))


@given(
    st.lists(st.sampled_from(["withdrawn", "this paper", "from", "ICLR", ".", "not", "(", "the"]))
)
def test_any_words_have_an_answer(words: list[str]) -> None:
    comment_withdraws(" ".join(words))
    abstract_withdraws(" ".join(words))


@pytest.mark.parametrize(
    ("abstract", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error in Lemma 2.", True),
        ("Withdrawn by the authors.", True),
        ("Paper withdrawn due to a possible error in a calculation.", True),
        ("We study nets. The paper is withdrawn because of a bug.", True),
        ("We withdraw this paper, since Theorem 1 is wrong.", True),
        ("Withdrawn water is a part of what rivers carry.", False),
        ("We ask why a paper is retracted and how often it is cited afterwards.", False),
        ("Opioid withdrawal is hard. We model it.", False),
        ("An earlier version of this paper was withdrawn. We mend its proof.", False),
        ("We give retractions of graphs and withdraw no claim.", False),
    ],
)
def test_an_abstract_is_a_notice_only_where_it_says_so_of_itself(
    abstract: str, *, withdrawn: bool
) -> None:
    assert Paper(PaperId("2507.00001"), "A title", abstract, (), ()).withdrawn is withdrawn


def test_real_comments_are_told_apart() -> None:
    file = Path(samples.SHARED) / "cases" / "arxiv" / "withdrawn.txt"
    if not file.is_file():
        pytest.skip("withdrawn.txt is not at hand")
    for line in file.read_text(encoding="utf-8").splitlines():
        kind, _, comment = line.partition("\t")
        assert not comment or comment_withdraws(comment) is (kind == "withdrawn"), comment
