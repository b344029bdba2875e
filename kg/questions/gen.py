import textwrap,sys
PRE={'ck':'https://w3id.org/conflict-kg/ontology#','skos':'http://www.w3.org/2004/02/skos/core#','oa':'http://www.w3.org/ns/oa#','dcterms':'http://purl.org/dc/terms/',
'extent':'https://w3id.org/conflict-kg/vocab/extent/','control-kind':'https://w3id.org/conflict-kg/vocab/control-kind/','place-relation':'https://w3id.org/conflict-kg/vocab/place-relation/','time-mode':'https://w3id.org/conflict-kg/vocab/time-mode/'}
def w(name, kind, summary, description, params, example, answers, body):
    out=[f'#+ summary: {summary}','#+ description: >-']
    out+=['#+   '+l for l in textwrap.wrap(description,110)]
    out+=[f'#+ kind: {kind}','#+ parameters:']
    for n,spec,req,desc in params:
        out+=[f'#+   - {{name: {n}, spec: {spec}, '+('required: true, ' if req else '')+f'description: "{desc}"}}']
    out+=['#+ example: {'+', '.join(f'{k}: {v}' for k,v in example.items())+'}', f'#+ answers: [{", ".join(answers)}]']
    body=textwrap.dedent(body).strip('\n')
    import re
    out+=[f'PREFIX {p}: <{i}>' for p,i in sorted(PRE.items()) if re.search(rf'(?<![\w/#-]){p}:',body)]
    out+=['',body,'']
    open(name+'.rq','w').write('\n'.join(out))

ACT='''
      OPTIONAL {
        ?statement (ck:asserts/ck:content?)|ck:denies|ck:leavesOpen|ck:supposes ?proposition ; ck:speaker ?speaker .
        OPTIONAL { ?statement ?act ?proposition }
      }'''
SAID='?statement ck:speaker ?speaker ; ck:hedge ?hedge ; ck:reportedIn ?source .'
WORDS='OPTIONAL { ?statement ck:quote/oa:hasSelector/oa:exact ?words }'
NOTBACK='FILTER NOT EXISTS { ?retraction ck:retracts ?statement }'
NOTAGAIN='FILTER NOT EXISTS { ?statement ck:restates ?told }'
ACTS='VALUES (?does ?act) { (ck:asserts "asserts") (ck:denies "denies") (ck:leavesOpen "leaves open") (ck:supposes "supposes") }'

w('who-declared-which-zone','table','Who declared which zone, and who disputes its labels?',
 'Each declaration with every label asserted of the zone, or of whoever is said to hold the ground it is said to cover; with each label, who uses it, and who disputes or denies it, how openly and in which words. A declaration told again is no second one. Zones said to cover something come first.',
 [('zone','resource(zone)',0,'the zone'),('declarer','resource(actor)',0,'who declared it')],{'zone':'idlib'},['Q07'],'''
SELECT DISTINCT ?declarer ?zone ?declaration ?labelled ?label ?labelledBy ?hedge ?labelling
                ?disputedBy ?explicitness ?disputedIn ?dispute
WHERE {
  VALUES (?zone ?declarer) { (UNDEF UNDEF) }
  ?declaration ck:declares ?zone ; ck:speaker ?declarer .
  FILTER NOT EXISTS { ?declaration ck:restates ?told }
  FILTER NOT EXISTS { ?retraction ck:retracts ?declaration }
  BIND (EXISTS { ?statement ck:asserts/ck:zone ?zone } AS ?located)
  OPTIONAL {
    {
      ?zone a ck:Zone .
      BIND (?zone AS ?labelled)
    } UNION {
      # Whose ground it is: wholly, and not only in some part.
      ?statesCoverage ck:asserts ?coverage .
      ?coverage a ck:ZoneCoverage ; ck:zone ?zone ; ck:place ?place .
      ?statesControl ck:asserts ?control .
      ?control a ck:TerritorialControl ; ck:place ?place ; ck:controlKind control-kind:control ; ck:actor ?labelled .
      FILTER NOT EXISTS {
        VALUES ?incomplete { extent:most extent:some extent:part }
        ?control ck:extent ?incomplete .
      }
      FILTER NOT EXISTS { ?retraction ck:retracts ?statesCoverage }
      FILTER NOT EXISTS { ?retraction ck:retracts ?statesControl }
    }
    ?labelling ck:asserts ?proposition ; ck:speaker ?labelledBy ; ck:hedge ?hedge .
    ?proposition a ck:Labelling ; ck:labelled ?labelled ; ck:label ?label .
    FILTER NOT EXISTS { ?labelling ck:restates ?told }
    FILTER NOT EXISTS { ?retraction ck:retracts ?labelling }
    OPTIONAL {
      { ?dispute ck:disputes ?labelling } UNION { ?dispute ck:denies ?proposition . ?labelling ck:asserts ?proposition }
      ?dispute ck:speaker ?disputedBy .
      OPTIONAL { ?dispute ck:explicitness ?explicitness }
      OPTIONAL { ?dispute ck:quote/oa:hasSelector/oa:exact ?disputedIn }
      FILTER NOT EXISTS { ?retraction ck:retracts ?dispute }
      FILTER NOT EXISTS { ?dispute ck:restates ?told }
    }
  }
}
ORDER BY DESC(?located) ?zone ?declaration DESC(?labelled = ?zone) ?labelled ?label ?labelling ?dispute ?disputedIn
''')
w('when-was-which-zone-declared','table','When was which zone declared?',
 'The time of each declaration as its source gives it, or "not stated": which of two zones came first can be told only where both are dated.',
 [('zone','resource(zone)',0,'the zone'),('declarer','resource(actor)',0,'who declared it')],{'declarer':'russia'},['Q20'],f'''
SELECT DISTINCT ?zone ?declarer ?when ?asGiven ?earliest ?latest ?statement ?source ?words
WHERE {{
  VALUES (?zone ?declarer) {{ (UNDEF UNDEF) }}
  ?statement ck:declares ?zone ; ck:speaker ?declarer ; ck:reportedIn ?source .
  {NOTAGAIN}
  {NOTBACK}
  OPTIONAL {{ ?statement ck:saidWhen ?dated }}
  BIND (COALESCE(?dated, "not stated") AS ?when)
  OPTIONAL {{ ?statement ck:saidWhenAsGiven ?asGiven }}
  OPTIONAL {{ ?statement ck:saidEarliest ?earliest }}
  OPTIONAL {{ ?statement ck:saidLatest ?latest }}
  {WORDS}
}}
ORDER BY ?zone ?statement ?asGiven ?words
''')
w('which-places-does-a-zone-cover','table','Which places does a zone cover, and to what extent?',
 'What is asserted, denied or left open of the coverage of a zone. An extent of part makes no single place of it inside or outside.',
 [('zone','resource(zone)',0,'the zone'),('place','resource(place)',0,'the place')],{'zone':'idlib'},['Q23'],f'''
SELECT DISTINCT ?zone ?place ?extent ?act ?speaker ?hedge ?statement ?source ?words
WHERE {{
  VALUES (?zone ?place) {{ (UNDEF UNDEF) }}
  {ACTS}
  ?proposition a ck:ZoneCoverage ; ck:zone ?zone ; ck:place ?place .
  ?statement ?does ?proposition .
  {SAID}
  {NOTBACK}
  {NOTAGAIN}
  OPTIONAL {{ ?proposition ck:extent ?extent }}
  {WORDS}
}}
ORDER BY ?zone ?place ?extent ?act ?statement ?words
''')
w('who-calls-whom-what','table','Who calls whom or what by which name?',
 'Every label that is asserted of a party, a zone or another thing, with who uses it, how it is worded and in which source. Who denies a label does not use it; who passes on the words of another does not use it either.',
 [('labelled','resource(thing)',0,'who or what bears the label'),('label','string(label)',0,'the label'),('language','lang',0,'the language of the label'),('speaker','resource(actor)',0,'who uses the label')],
 {'labelled':'actor:idlib-opposition','label':'"Al Qa’eda"'},['Q08','Q12'],f'''
SELECT DISTINCT ?labelled ?label ?language ?speaker ?hedge ?explicitness ?statement ?source ?reporter ?words
WHERE {{
  VALUES (?labelled ?label ?language ?speaker) {{ (UNDEF UNDEF UNDEF UNDEF) }}
  {{
    ?proposition a ck:Labelling ; ck:label ?tagged .
    BIND (STR(?tagged) AS ?label)
    BIND (LANG(?tagged) AS ?language)
  }}
  ?proposition ck:labelled ?labelled .
  ?statement ck:asserts ?proposition .
  {SAID}
  {NOTBACK}
  {NOTAGAIN}
  OPTIONAL {{ ?statement ck:explicitness ?explicitness }}
  OPTIONAL {{ ?source dcterms:publisher ?reporter }}
  {WORDS}
}}
ORDER BY ?labelled ?label ?language ?speaker ?statement ?words
''')
w('who-disputes-which-label','table','Who disputes or denies which label?',
 'Each statement that rejects a label, with the statement of whoever uses it. A fact that is only in tension with a label does not dispute it.',
 [('labelled','resource(thing)',0,'who or what bears the label'),('label','string(label)',0,'the label'),('disputer','resource(actor)',0,'who disputes it')],
 {'label':'"Al Qa’eda"'},['Q07'],f'''
SELECT DISTINCT ?labelled ?label ?disputer ?explicitness ?aspect ?dispute ?words ?usedBy ?usedIn
WHERE {{
  VALUES (?labelled ?label ?disputer) {{ (UNDEF UNDEF UNDEF) }}
  {{
    ?proposition a ck:Labelling ; ck:labelled ?labelled ; ck:label ?tagged .
    BIND (STR(?tagged) AS ?label)
  }}
  {{
    ?dispute ck:disputes ?usedIn .
    ?usedIn ck:asserts ?proposition ; ck:speaker ?usedBy .
    OPTIONAL {{ ?dispute ck:disputedAspect ?aspect }}
    FILTER NOT EXISTS {{ ?retraction ck:retracts ?usedIn }}
  }} UNION {{
    ?dispute ck:denies ?proposition .
    FILTER NOT EXISTS {{ ?dispute ck:disputes/ck:asserts ?proposition }}
  }}
  ?dispute ck:speaker ?disputer .
  FILTER NOT EXISTS {{ ?retraction ck:retracts ?dispute }}
  FILTER NOT EXISTS {{ ?dispute ck:restates ?told }}
  OPTIONAL {{ ?dispute ck:explicitness ?explicitness }}
  OPTIONAL {{ ?dispute ck:quote/oa:hasSelector/oa:exact ?words }}
}}
ORDER BY ?labelled ?label ?disputer ?dispute ?usedIn ?aspect ?words
''')
w('what-is-a-label-based-on','table','On what is a label based, and who says so?',
 'The grounds of a label: those that its own speaker gives, and those that somebody else says it rests on. The speaker of a ground is not the speaker of the label.',
 [('label','string(label)',0,'the label'),('labelled','resource(thing)',0,'who or what bears it')],{'label':'"Al Qa’eda"'},['Q09'],f'''
SELECT DISTINCT ?label ?labelled ?usedBy ?usedIn ?given ?ground ?groundSaidBy ?words ?actor ?controlKind ?place ?extent ?gist
WHERE {{
  VALUES (?label ?labelled) {{ (UNDEF UNDEF) }}
  {{
    ?proposition a ck:Labelling ; ck:label ?tagged .
    BIND (STR(?tagged) AS ?label)
  }}
  ?proposition ck:labelled ?labelled .
  ?usedIn ck:asserts ?proposition ; ck:speaker ?usedBy .
  {{
    ?usedIn ck:basedOn ?ground .
    BIND ("by who uses it" AS ?given)
  }} UNION {{
    ?ground ck:groundFor ?usedIn .
    BIND ("by the speaker of the ground" AS ?given)
  }}
  FILTER NOT EXISTS {{ ?retraction ck:retracts ?usedIn }}
  FILTER NOT EXISTS {{ ?retraction ck:retracts ?ground }}
  OPTIONAL {{ ?ground ck:speaker ?groundSaidBy }}
  OPTIONAL {{ ?ground ck:quote/oa:hasSelector/oa:exact ?words }}
  OPTIONAL {{
    ?ground ck:asserts ?content .
    OPTIONAL {{ ?content ck:actor ?actor }}
    OPTIONAL {{ ?content ck:controlKind ?controlKind }}
    OPTIONAL {{ ?content ck:place ?place }}
    OPTIONAL {{ ?content ck:extent ?extent }}
    OPTIONAL {{ ?content ck:gist ?gist }}
  }}
}}
ORDER BY ?label ?labelled ?usedIn ?ground ?words ?actor ?place ?gist
''')
w('through-whose-hands-did-a-claim-pass','table','Through whose hands did a claim pass?',
 'The chain from whoever makes a claim, at step 0, over each that relays it. Each link has its own wording, and none of them endorses the claim; the publisher of the source is its reporter.',
 [('claim','resource(statement)',0,'the claim as its first speaker made it')],{'claim':'sd-2017-08-07-f33-claim'},['Q10'],f'''
SELECT ?claim ?step ?statement ?speaker ?hedge ?source ?reporter ?words
WHERE {{
  VALUES (?claim) {{ (UNDEF) }}
  {{
    SELECT ?claim ?statement (COUNT(DISTINCT ?between) AS ?step)
    WHERE {{
      ?first ck:relays ?claim .
      FILTER NOT EXISTS {{ ?claim ck:relays ?earlier }}
      ?statement ck:relays* ?claim .
      OPTIONAL {{
        ?statement ck:relays+ ?between .
        ?between ck:relays* ?claim .
      }}
    }}
    GROUP BY ?claim ?statement
  }}
  {SAID}
  {NOTBACK}
  OPTIONAL {{ ?source dcterms:publisher ?reporter }}
  {WORDS}
}}
ORDER BY ?claim ?step ?statement ?words
''')
w('what-does-who-want','table','What does who want, offer, promise or accept?',
 'Positions, as somebody tells them. What is wanted is not said to be so, and a position that is only possible is marked by its hedge. "inTensionWith" names statements that the teller sets against it.',
 [('actor','resource(actor)',0,'whose position it is'),('kind','concept(position-kind)',0,'the kind of position'),('speaker','resource(actor)',0,'who tells it')],{'actor':'russia'},['Q11'],f'''
SELECT DISTINCT ?actor ?kind ?gist ?content ?addressee ?act ?speaker ?hedge ?statement ?inTensionWith ?source ?words
WHERE {{
  VALUES (?actor ?kind ?speaker) {{ (UNDEF UNDEF UNDEF) }}
  {ACTS}
  ?proposition a ck:Position ; ck:actor ?actor ; ck:positionKind ?kind .
  ?statement ?does ?proposition .
  {SAID}
  {NOTBACK}
  {NOTAGAIN}
  OPTIONAL {{ ?proposition ck:gist ?gist }}
  OPTIONAL {{ ?proposition ck:content ?content }}
  OPTIONAL {{ ?proposition ck:addressee ?addressee }}
  OPTIONAL {{ ?statement ck:inTensionWith|^ck:inTensionWith ?inTensionWith }}
  {WORDS}
}}
ORDER BY ?actor ?kind ?statement ?gist ?content ?addressee ?inTensionWith ?words
''')
w('who-controls-what','table','Who controls, took, besieged or has influence in which place, and since when?',
 'What is said of the control of places: by whom, of what kind, to what extent, over what time. "Not stated" stands where no time is given.',
 [('actor','resource(actor)',0,'who is said to hold it'),('place','resource(place)',0,'the place'),('kind','concept(control-kind)',0,'the kind of control, exactly this one')],
 {'actor':'pro-assad-forces','place':'east-ghouta'},['Q04','Q19'],f'''
SELECT DISTINCT ?actor ?place ?kind ?extent ?when ?asGiven ?earliest ?latest ?act ?speaker ?hedge ?statement ?source ?words
WHERE {{
  VALUES (?actor ?place ?kind) {{ (UNDEF UNDEF UNDEF) }}
  {ACTS}
  ?proposition a ck:TerritorialControl ; ck:actor ?actor ; ck:place ?place ; ck:controlKind ?kind .
  ?statement ?does ?proposition .
  {SAID}
  {NOTBACK}
  {NOTAGAIN}
  OPTIONAL {{ ?proposition ck:extent ?extent }}
  OPTIONAL {{ ?proposition ck:when ?dated }}
  BIND (COALESCE(?dated, "not stated") AS ?when)
  OPTIONAL {{ ?proposition ck:whenAsGiven ?asGiven }}
  OPTIONAL {{ ?proposition ck:earliest ?earliest }}
  OPTIONAL {{ ?proposition ck:latest ?latest }}
  {WORDS}
}}
ORDER BY ?actor ?place ?kind ?statement ?asGiven ?words
''')
def role(var, prop, named):
    return f'''{{
    ?account a ck:IncidentAccount .
    OPTIONAL {{ ?account {prop} ?{named} }}
    BIND (COALESCE(?{named}, "not stated") AS ?{var})
  }}'''
w('what-is-said-of-incidents','table','What is said to have happened: what, by whom, to whom, where, when, by what means?',
 'Accounts of incidents, one row for each combination of what they name. "Not stated" stands where an account names nobody, no place, no weapon: that is what the source says, not a gap to be filled. "one of" is a place of several, unknown which; "near" is not in.',
 [('type','concept(incident-type)',0,'the type of incident, exactly this one'),('place','resource(place)',0,'where'),('perpetrator','resource(actor)',0,'who did it'),('target','resource(actor)',0,'to whom it was done'),('weapon','concept(weapon)',0,'by what means'),('object','concept(weapon)',0,'equipment that was hit or destroyed'),('incident','resource(incident)',0,'the incident of which it is an account'),('speaker','resource(actor)',0,'who says so')],
 {'type':'chemical-attack','place':'ein-tarma'},['Q01','Q02','Q03','Q05','Q17'],f'''
SELECT DISTINCT ?incident ?type ?perpetrator ?target ?whereabouts ?place ?weapon ?object ?when ?asGiven
                ?act ?speaker ?hedge ?saidWhen ?statement ?restates ?source ?words
WHERE {{
  VALUES (?type ?place ?perpetrator ?target ?weapon ?object ?incident ?speaker) {{
    (UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF)
  }}
  {ACTS}
  ?statement ?does ?account .
  {SAID}
  {NOTBACK}
  ?account a ck:IncidentAccount .
  {role('type','ck:incidentType','itsType')}
  {role('perpetrator','ck:perpetrator','itsPerpetrator')}
  {role('target','ck:target','itsTarget')}
  {role('weapon','ck:weapon','itsWeapon')}
  {role('object','ck:object','itsObject')}
  {role('incident','ck:incident','itsIncident')}
  {{
    ?account a ck:IncidentAccount .
    OPTIONAL {{
      VALUES (?lies ?how) {{ (ck:location "in") (ck:locationCandidate "one of") (ck:near "near") }}
      ?account ?lies ?itsPlace .
    }}
    BIND (COALESCE(?how, "not stated") AS ?whereabouts)
    BIND (COALESCE(?itsPlace, "not stated") AS ?place)
  }}
  OPTIONAL {{ ?account ck:when ?dated }}
  BIND (COALESCE(?dated, "not stated") AS ?when)
  OPTIONAL {{ ?account ck:whenAsGiven ?asGiven }}
  OPTIONAL {{ ?statement ck:saidWhen ?saidWhen }}
  OPTIONAL {{ ?statement ck:restates ?restates }}
  {WORDS}
}}
ORDER BY ?incident ?statement ?type ?perpetrator ?target ?whereabouts ?place ?weapon ?object ?asGiven ?restates ?words
''')
w('how-many-according-to-whom','table','How many, of what, according to whom?',
 'Numbers as they are worded, with the bounds that follow from the wording. One row counts one kind; a joint figure stands in a row for each kind it counts, under one estimate. Whether numbers agree is for the reader: speakers, wordings and chains stand beside them.',
 [('counted','concept(counted)',0,'what is counted'),('among','concept(among)',0,'the people among whom it is counted'),('type','concept(incident-type)',0,'the type of incident, exactly this one'),('incident','resource(incident)',0,'the incident'),('perpetrator','resource(actor)',0,'who is said to have done it')],
 {'counted':'killed','among':'civilians'},['Q03','Q25'],f'''
SELECT DISTINCT ?counted ?among ?number ?minimum ?best ?maximum ?estimate ?type ?incident ?perpetrator ?weapon ?when ?asGiven
                ?act ?speaker ?hedge ?relayedBy ?statement ?restates ?source ?words
WHERE {{
  VALUES (?counted ?among ?type ?incident ?perpetrator) {{ (UNDEF UNDEF UNDEF UNDEF UNDEF) }}
  {ACTS}
  ?statement ?does ?account .
  {SAID}
  {NOTBACK}
  ?account ck:count ?estimate .
  ?estimate ck:countOf ?counted ; ck:asGiven ?number .
  {{
    ?estimate a ck:CountEstimate .
    OPTIONAL {{ ?estimate ck:among ?group }}
    BIND (COALESCE(?group, "not stated") AS ?among)
  }}
  OPTIONAL {{ ?estimate ck:minimum ?minimum }}
  OPTIONAL {{ ?estimate ck:best ?best }}
  OPTIONAL {{ ?estimate ck:maximum ?maximum }}
  {role('type','ck:incidentType','itsType')}
  {role('incident','ck:incident','itsIncident')}
  {role('perpetrator','ck:perpetrator','itsPerpetrator')}
  {role('weapon','ck:weapon','itsWeapon')}
  {role('when','ck:when','dated')}
  OPTIONAL {{ ?account ck:whenAsGiven ?asGiven }}
  OPTIONAL {{ ?relay ck:relays+ ?statement ; ck:speaker ?relayedBy }}
  OPTIONAL {{ ?statement ck:restates ?restates }}
  {WORDS}
}}
ORDER BY ?counted ?among ?statement ?estimate ?number ?type ?incident ?perpetrator ?weapon ?relayedBy ?asGiven ?restates ?words
''')
w('which-documents-does-a-source-cite','table','Which other documents does a source cite?',
 'The sources that passages of a source refer their readers to, and the sources of the statements that it relays or says that it rests on. A title or date that nobody gives is "not stated".',
 [('source','resource(source)',0,'the source that cites')],{'source':'syria-daily-2017-08-07'},['Q06'],f'''
SELECT DISTINCT ?source ?cited ?kind ?title ?publisher ?issued ?words
WHERE {{
  VALUES (?source) {{ (UNDEF) }}
  {{
    ?passage oa:hasSource ?source ; ck:cites ?cited .
    OPTIONAL {{ ?passage oa:hasSelector/oa:exact ?words }}
  }} UNION {{
    ?statement ck:reportedIn ?source ; ck:basedOn ?cited .
    ?cited a ck:Source .
    OPTIONAL {{ ?statement ck:quote/oa:hasSelector/oa:exact ?words }}
  }}
  OPTIONAL {{ ?cited ck:sourceKind ?kind }}
  OPTIONAL {{ ?cited dcterms:title ?itsTitle }}
  OPTIONAL {{ ?cited dcterms:publisher ?itsPublisher }}
  OPTIONAL {{ ?cited dcterms:issued ?itsDate }}
  BIND (COALESCE(?itsTitle, "not stated") AS ?title)
  BIND (COALESCE(?itsPublisher, "not stated") AS ?publisher)
  BIND (COALESCE(?itsDate, "not stated") AS ?issued)
}}
ORDER BY ?source ?cited ?title ?words
''')
w('which-date-is-meant','table','Which date do the words of a source mean, and on what assumption?',
 'The words for a time, of what happened or of when it was said, with the date they were read as. Where the date of the source itself is inferred, every relative date hangs on that, and the note says why it is held for right.',
 [('asGiven','string',0,'the words of the source, such as: on Saturday'),('source','resource(source)',0,'the source')],{'asGiven':'on Saturday'},['Q21'],f'''
SELECT DISTINCT ?asGiven ?date ?earliest ?latest ?dates ?statement ?source ?issued ?isInferred ?assumption ?words
WHERE {{
  VALUES (?asGiven ?source) {{ (UNDEF UNDEF) }}
  {{
    {{
      ?statement (ck:asserts/ck:content?)|ck:denies|ck:leavesOpen|ck:supposes ?proposition .
      ?proposition ck:whenAsGiven ?tagged .
      OPTIONAL {{ ?proposition ck:when ?date }}
      OPTIONAL {{ ?proposition ck:earliest ?earliest }}
      OPTIONAL {{ ?proposition ck:latest ?latest }}
      BIND ("what it speaks of" AS ?dates)
    }} UNION {{
      ?statement ck:saidWhenAsGiven ?tagged .
      OPTIONAL {{ ?statement ck:saidWhen ?date }}
      OPTIONAL {{ ?statement ck:saidEarliest ?earliest }}
      OPTIONAL {{ ?statement ck:saidLatest ?latest }}
      BIND ("when it was said" AS ?dates)
    }}
    BIND (STR(?tagged) AS ?asGiven)
  }}
  ?statement ck:reportedIn ?source .
  {NOTBACK}
  OPTIONAL {{ ?source dcterms:issued ?issued }}
  BIND (EXISTS {{ ?source ck:inferred dcterms:issued }} AS ?isInferred)
  OPTIONAL {{ ?source ck:inferenceNote ?assumption }}
  {WORDS}
}}
ORDER BY ?asGiven ?source ?statement ?dates ?date ?assumption ?words
''')
w('where-does-a-place-lie','table','Where does a place lie: by the register, and by whose word?',
 'The administrative units above a place by the register, and what speakers say of where it lies. A region is not an administrative unit, and to lie in a region says nothing of a zone declared for it.',
 [('place','resource(place)',0,'the place'),('other','resource(place)',0,'in, near or beside which it is said to lie')],{'place':'ein-tarma'},['Q24'],f'''
SELECT DISTINCT ?place ?relation ?other ?act ?speaker ?hedge ?explicitness ?statement ?source ?words
WHERE {{
  VALUES (?place ?other) {{ (UNDEF UNDEF) }}
  {{
    ?place ck:administrativeParent+ ?other .
    BIND ("administratively below" AS ?relation)
    BIND ("register" AS ?act)
  }} UNION {{
    {ACTS}
    ?proposition a ck:PlaceRelation ; ck:place ?place ; ck:relation ?relation ; ck:other ?other .
    ?statement ?does ?proposition .
    {SAID}
    {NOTBACK}
    {NOTAGAIN}
    OPTIONAL {{ ?statement ck:explicitness ?explicitness }}
    {WORDS}
  }}
}}
ORDER BY ?place ?act ?relation ?other ?statement ?words
''')
# ---- yes / no
w('does-zone-cover-place','yes-no','Does a zone cover a place?',
 'Decided by statements about the zone only. Whole coverage of an administrative unit covers the places below it by the register, and is then marked inferred; coverage of a part, lying in a region, and nearness decide nothing.',
 [('zone','resource(zone)',1,'the zone'),('place','resource(place)',1,'the place')],{'zone':'east-ghouta','place':'ein-tarma'},['Q13','Q14','Q24'],f'''
SELECT DISTINCT ?zone ?place ?bearing ?via ?extent ?proposition ?statement ?speaker ?act
WHERE {{
  VALUES (?zone ?place) {{ (UNDEF UNDEF) }}
  ?proposition a ck:ZoneCoverage ; ck:zone ?zone .
  OPTIONAL {{ ?proposition ck:extent ?given }}
  BIND (COALESCE(?given, extent:unspecified) AS ?extent)
  {{
    ?proposition ck:place ?place .
    BIND (?place AS ?via)
    BIND (IF(EXISTS {{ ?proposition ck:place ?another . FILTER (?another != ?place) }}, "among others", "itself") AS ?covers)
  }} UNION {{
    ?place ck:administrativeParent+ ?via .
    ?proposition a ck:ZoneCoverage ; ck:place ?via .
    BIND ("unit above" AS ?covers)
  }}
  # Coverage of a part says less than coverage, so that to deny it is to deny both; and it does not say which part.
  VALUES (?covers ?extent ?bearing) {{
    ("itself" extent:unspecified "exact") ("itself" extent:whole "specific") ("itself" extent:most "partial")
    ("itself" extent:some "partial") ("itself" extent:some "general")
    ("itself" extent:part "partial") ("itself" extent:part "general")
    ("among others" extent:unspecified "specific") ("among others" extent:whole "specific")
    ("among others" extent:most "partial") ("among others" extent:some "partial") ("among others" extent:part "partial")
    ("unit above" extent:whole "inferred") ("unit above" extent:unspecified "partial")
    ("unit above" extent:most "partial") ("unit above" extent:some "partial") ("unit above" extent:part "partial")
  }}{ACT}
}}
ORDER BY ?zone ?place ?bearing ?via ?proposition ?statement ?act
''')
w('did-actor-do','yes-no','Did an actor do something of some type, somewhere, to somebody?',
 'Decided by the accounts in which the actor is perpetrator, participant or party. To have promised it is not to have done it, and who denies only that it happened at one place, with one weapon or on one day denies no more than that.',
 [('actor','resource(actor)',1,'who is said to have done it'),('type','concept(incident-type)',1,'the type of incident; narrower types answer too'),('place','resource(place)',0,'where'),('target','resource(actor)',0,'to whom')],{'actor':'russian-military-police','type':'deployment'},['Q15'],f'''
SELECT DISTINCT ?actor ?type ?place ?target ?bearing ?proposition ?statement ?speaker ?act
WHERE {{
  VALUES (?actor ?type ?place ?target) {{ (UNDEF UNDEF UNDEF UNDEF) }}
  {{
    # Says at least what is asked.
    ?proposition a ck:IncidentAccount ; ck:incidentType ?itsType ; ck:perpetrator|ck:participant|ck:party ?actor .
    ?itsType skos:broader* ?type .
    FILTER (!BOUND(?place) || EXISTS {{ ?proposition ck:location ?place }})
    FILTER (!BOUND(?target) || EXISTS {{ ?proposition ck:target ?target }})
    BIND (
      ?itsType != ?type
      || EXISTS {{
        VALUES ?role {{
          ck:incident ck:weapon ck:object ck:near ck:locationCandidate ck:count ck:when ck:partOfIncident ck:gist
        }}
        ?proposition ?role ?filled .
      }}
      || EXISTS {{
        ?proposition ck:perpetrator|ck:participant|ck:party ?another .
        FILTER (?another != ?actor)
      }}
      || EXISTS {{
        ?proposition ck:location ?elsewhere .
        FILTER (!BOUND(?place) || ?elsewhere != ?place)
      }}
      || EXISTS {{
        ?proposition ck:target ?somebody .
        FILTER (!BOUND(?target) || ?somebody != ?target)
      }}
      AS ?isSpecific
    )
    BIND (IF(?isSpecific, "specific", "exact") AS ?bearing)
  }} UNION {{
    PLACEHOLDER
  }}{ACT}
}}
ORDER BY ?actor ?type ?place ?target ?bearing ?proposition ?statement ?act
''')
