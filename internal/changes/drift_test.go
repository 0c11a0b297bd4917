package changes_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file holds the sentences of drift to what each difference means for access. A case begins with a share that is in
// sync; want are the sentences, with "+ " before those that widen access.

type driftCase struct {
	spec func(*share.Spec)
	edit func(*world)
	want []string
}

func checkDrift(t *testing.T, cases map[string]driftCase) {
	t.Helper()
	for situation, c := range cases {
		spec := example()
		if c.spec != nil {
			c.spec(&spec)
		}
		w := built(spec)
		desired := share.Render(spec)
		desired.Spec.RoleUniqueID = roleUniqueID
		if found := changes.Diff(desired, w.Observed); len(found) > 0 {
			t.Errorf("%s: not in sync to begin with: %v", situation, changes.Sentences(found))
		}
		c.edit(w)
		var got []string
		for _, change := range changes.Diff(desired, w.Observed) {
			sentence := change.String()
			if change.Widens {
				sentence = "+ " + sentence
			}
			got = append(got, sentence)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n  %s\nwant\n  %s", situation, strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
		}
	}
}

func named(names ...string) func(*share.Spec) {
	return func(s *share.Spec) { s.Consumer.Principals = principals(names...) }
}

func pinned(names ...string) func(*share.Spec) {
	return func(s *share.Spec) {
		s.Consumer.Principals, s.Consumer.Trust = principals(names...), share.TrustPinned
	}
}

func networksOf(s *share.Spec) {
	s.Perimeter = share.Perimeter{SourceIPs: []string{"192.0.2.0/24"}, SourceVPCEIDs: []string{"vpce-1a2b3c4d"}}
}

// trusting replaces the value of one condition of the first statement; no values take it away.
func trusting(operator, key string, values ...string) func(*world) {
	return editTrust(func(s *policy.Statement) { setCondition(s, operator, key, values) })
}

func setCondition(s *policy.Statement, operator, key string, values []string) {
	if s.Condition == nil {
		s.Condition = policy.Condition{}
	}
	for other, keys := range s.Condition {
		delete(keys, key)
		if len(keys) == 0 {
			delete(s.Condition, other)
		}
	}
	if len(values) == 0 {
		return
	}
	if s.Condition[operator] == nil {
		s.Condition[operator] = map[string]policy.Values{}
	}
	s.Condition[operator][key] = values
}

func addTrust(text string) func(*world) {
	return func(w *world) { w.Role.Trust = policy.New(append(w.Role.Trust.Statements(), statement(text))...) }
}

func TestDriftOfTrustedPrincipals(t *testing.T) {
	t.Parallel()
	principal := func(p policy.Principal) func(*world) {
		return editTrust(func(s *policy.Statement) { s.Principal = &p })
	}
	aws := func(names ...string) func(*world) { return principal(policy.Principal{AWS: names}) }
	checkDrift(t, map[string]driftCase{
		"another account": {nil, aws("arn:aws:iam::333333333333:root"), []string{
			"+ trust policy: trusts account 333333333333, which is not the consumer; no longer trusts account 222222222222: whoever is in it is refused"}},
		"another account too": {nil, aws("222222222222", "arn:aws:iam::333333333333:root"), []string{
			"+ trust policy: trusts account 333333333333, which is not the consumer"}},
		"a role of another account too": {nil, aws("222222222222", "arn:aws:iam::333333333333:role/x"), []string{
			"+ trust policy: trusts arn:aws:iam::333333333333:role/x, which is not in the consumer account 222222222222"}},
		"everybody, under the external ID": {nil, principal(policy.Principal{Any: true}), []string{
			"+ trust policy: trusts every AWS account: whoever knows the external ID can assume the role"}},
		"everybody, under the external ID and for the named alone": {named("etl"), aws("*"), []string{
			"+ trust policy: trusts every AWS account: only the condition on aws:PrincipalArn keeps others out"}},
		"everybody": {nil, editTrust(func(s *policy.Statement) { s.Principal, s.Condition = &policy.Principal{Any: true}, nil }), []string{
			"+ trust policy: trusts every AWS account: anybody can assume the role; the external ID condition was removed: anybody can assume the role"}},
		"everybody but one": {nil, editTrust(func(s *policy.Statement) {
			s.Principal, s.NotPrincipal = nil, &policy.Principal{AWS: policy.Values{"333333333333"}}
		}), []string{
			"+ trust policy: trusts everybody but those whom it names"}},
		"a service": {nil, principal(policy.Principal{AWS: policy.Values{"222222222222"}, Service: policy.Values{"ec2.amazonaws.com"}}), []string{
			"+ trust policy: trusts the AWS service ec2.amazonaws.com"}},
		"an identity provider": {nil, principal(policy.Principal{AWS: policy.Values{"222222222222"}, Federated: policy.Values{"cognito-identity.amazonaws.com"}}), []string{
			"+ trust policy: trusts the identity provider cognito-identity.amazonaws.com"}},
		"one role instead of the account": {nil, aws(consumerRole + "etl"), []string{
			"trust policy: names principals of account 222222222222 and not the account: every other one is refused, and so is one made again under its name"}},
		"the named role itself": {named("etl"), editTrust(func(s *policy.Statement) {
			s.Principal = &policy.Principal{AWS: policy.Values{consumerRole + "etl"}}
			setCondition(s, "ArnLike", "aws:PrincipalArn", nil)
		}), []string{
			"trust policy: names principals of account 222222222222 and not the account: every other one is refused, and so is one made again under its name"}},
		"another role itself": {named("etl"), editTrust(func(s *policy.Statement) {
			s.Principal = &policy.Principal{AWS: policy.Values{consumerRole + "admin"}}
			setCondition(s, "ArnLike", "aws:PrincipalArn", nil)
		}), []string{
			"+ trust policy: trusts arn:aws:iam::222222222222:role/admin, which the share does not name; names principals of account 222222222222 and not the account: every other one is refused, and so is one made again under its name"}},
		"pinned: the whole account": {pinned("etl"), aws("222222222222"), []string{
			"+ trust policy: trusts the whole account 222222222222 and not single principals: anyone in it who meets the conditions can assume the role; no longer trusts arn:aws:iam::222222222222:role/etl: it is refused"}},
		"pinned: another role too": {pinned("etl"), aws(consumerRole+"etl", consumerRole+"admin"), []string{
			"+ trust policy: trusts arn:aws:iam::222222222222:role/admin, which the share does not name"}},
		"pinned: one left out": {pinned("etl", "web"), aws(consumerRole + "web"), []string{
			"trust policy: no longer trusts arn:aws:iam::222222222222:role/etl: it is refused"}},
		"pinned: deleted": {pinned("etl", "web"), aws("AROAEXAMPLEOFADELETED", consumerRole+"web"), []string{
			"trust policy: names AROAEXAMPLEOFADELETED, a principal that was deleted: one made again under its name is refused; no longer trusts arn:aws:iam::222222222222:role/etl: it is refused"}},
	})
}

func TestDriftOfTheExternalID(t *testing.T) {
	t.Parallel()
	id := "example-external-id"
	two := func(s *share.Spec) { s.ExternalIDs = append(s.ExternalIDs, externalID("older-external-id")) }
	checkDrift(t, map[string]driftCase{
		"removed": {nil, trusting("", "sts:ExternalId"), []string{
			"+ trust policy: the external ID condition was removed: anyone in account 222222222222 can assume the role"}},
		"removed, one role named": {named("etl"), trusting("", "sts:ExternalId"), []string{
			"+ trust policy: the external ID condition was removed: role etl of account 222222222222 can assume the role"}},
		"removed with the principals": {named("etl"), editTrust(func(s *policy.Statement) { s.Condition = nil }), []string{
			"+ trust policy: the condition on aws:PrincipalArn was removed: anyone in account 222222222222 can assume the role; the external ID condition was removed: anyone in account 222222222222 can assume the role"}},
		"removed for another account": {nil, editTrust(func(s *policy.Statement) {
			s.Principal, s.Condition = &policy.Principal{AWS: policy.Values{"333333333333"}}, nil
		}), []string{
			"+ trust policy: trusts account 333333333333, which is not the consumer; the external ID condition was removed: anyone in account 333333333333 can assume the role; no longer trusts account 222222222222: whoever is in it is refused"}},
		"removed, pinned": {pinned("etl"), trusting("", "sts:ExternalId"), []string{
			"+ trust policy: the external ID condition was removed: role etl of account 222222222222 can assume the role"}},
		"any of its values": {nil, trusting("ForAnyValue:StringEquals", "sts:ExternalId", id), []string{
			"trust policy: is written differently than the share's and means the same"}},
		"another": {nil, trusting("StringEquals", "sts:ExternalId", "somebody-elses"), []string{
			"+ trust policy: an external ID is accepted that is not the share's; the share's external ID is not accepted: whoever sends it is refused"}},
		"another too": {nil, trusting("StringEquals", "sts:ExternalId", id, "somebody-elses"), []string{
			"+ trust policy: an external ID is accepted that is not the share's"}},
		"one of two": {two, trusting("StringEquals", "sts:ExternalId", id), []string{
			"trust policy: fewer external IDs are accepted than the share's: whoever sends another is refused"}},
		"by pattern": {nil, trusting("StringLike", "sts:ExternalId", "example-*"), []string{
			"+ trust policy: the external ID is compared by StringLike with a wildcard: other IDs than the share's are accepted"}},
		"by StringLike without a wildcard": {nil, trusting("StringLike", "sts:ExternalId", id), []string{
			"trust policy: is written differently than the share's and means the same"}},
		"if it is sent": {nil, trusting("StringEqualsIfExists", "sts:ExternalId", id), []string{
			"+ trust policy: the external ID is checked only when one is sent (StringEqualsIfExists): anyone in account 222222222222 can assume the role without it"}},
		"for all values, none included": {nil, trusting("ForAllValues:StringEquals", "sts:ExternalId", id), []string{
			"+ trust policy: the external ID is checked only when one is sent (ForAllValues:StringEquals): anyone in account 222222222222 can assume the role without it"}},
		"every other one": {named("etl"), trusting("StringNotEquals", "sts:ExternalId", "blocked"), []string{
			"+ trust policy: the external ID is compared by StringNotEquals: role etl of account 222222222222 can assume the role with another one, or with none"}},
		"any that is there": {nil, trusting("Null", "sts:ExternalId", "false"), []string{
			"+ trust policy: the external ID is compared by Null: anyone in account 222222222222 can assume the role with another one, or with none"}},
		"any case": {nil, trusting("StringEqualsIgnoreCase", "sts:ExternalId", id), []string{
			"+ trust policy: the external ID is compared without regard to case: other spellings than the share's are accepted"}},
		"a second condition on it": {nil, editTrust(func(s *policy.Statement) {
			s.Condition["StringLike"] = map[string]policy.Values{"sts:ExternalId": {"other-*"}}
		}), []string{"trust policy: fewer external IDs are accepted than the share's: whoever sends another is refused"}},
	})
}

func TestDriftOfTrustConditions(t *testing.T) {
	t.Parallel()
	expiring := func(s *share.Spec) { s.ExpiresAt = time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC) }
	organized := func(s *share.Spec) { s.Perimeter.PrincipalOrgID = "o-a1b2c3d4e5" }
	checkDrift(t, map[string]driftCase{
		"principals removed": {named("etl"), trusting("", "aws:PrincipalArn"), []string{
			"+ trust policy: the condition on aws:PrincipalArn was removed: anyone in account 222222222222 who knows the external ID can assume the role"}},
		"principals widened": {named("etl"), trusting("ArnLike", "aws:PrincipalArn", consumerRole+"*"), []string{
			"+ trust policy: the condition on aws:PrincipalArn is now ArnLike arn:aws:iam::222222222222:role/*: principals that the share does not name can assume the role"}},
		"principals narrowed": {named("etl", "web"), trusting("ArnLike", "aws:PrincipalArn", consumerRole+"web"), []string{
			"trust policy: the condition on aws:PrincipalArn is now ArnLike arn:aws:iam::222222222222:role/web: whoever does not meet it is refused"}},
		"organization removed": {organized, trusting("", "aws:PrincipalOrgID"), []string{
			"+ trust policy: the condition on aws:PrincipalOrgID was removed: callers outside organization o-a1b2c3d4e5 can assume the role"}},
		"another organization": {organized, trusting("StringEquals", "aws:PrincipalOrgID", "o-zzzzzzzzzz"), []string{
			"+ trust policy: the condition on aws:PrincipalOrgID is now StringEquals o-zzzzzzzzzz: callers outside organization o-a1b2c3d4e5 can assume the role"}},
		"expiry removed": {expiring, trusting("", "aws:CurrentTime"), []string{
			"+ trust policy: the expiry was removed: the role can be assumed after 2027-01-31T00:00:00Z"}},
		"expiry later": {expiring, trusting("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"), []string{
			"+ trust policy: the expiry is now DateLessThan 2030-01-01T00:00:00Z: the role can be assumed after 2027-01-31T00:00:00Z"}},
		"expiry earlier": {expiring, trusting("DateLessThan", "aws:CurrentTime", "2026-12-31T00:00:00Z"), []string{
			"trust policy: the expiry is now DateLessThan 2026-12-31T00:00:00Z: whoever does not meet it is refused"}},
		"a further condition": {nil, trusting("Bool", "aws:MultiFactorAuthPresent", "true"), []string{
			"trust policy: there is a further condition on aws:multifactorauthpresent: whoever does not meet it is refused"}},
		"two entrances, one without its addresses": {networksOf, trusting("", "aws:SourceIp"), []string{
			"+ trust policy: the condition on aws:SourceIp was removed: the role can be assumed from other addresses"}},
		"two entrances, one without the external ID": {networksOf, trusting("", "sts:ExternalId"), []string{
			"+ trust policy: the external ID condition was removed: anyone in account 222222222222 can assume the role"}},
		"two entrances, one gone": {networksOf, func(w *world) { w.Role.Trust = policy.New(w.Role.Trust.Statements()[1]) }, []string{
			"trust policy: the statement for source_ips is missing: AssumeRole from these addresses is refused"}},
		"two entrances, the other gone": {networksOf, func(w *world) { w.Role.Trust = policy.New(w.Role.Trust.Statements()[0]) }, []string{
			"trust policy: the statement for source_vpce_ids is missing: AssumeRole through these endpoints is refused"}},
	})
}

func TestDriftOfTrustStatements(t *testing.T) {
	t.Parallel()
	checkDrift(t, map[string]driftCase{
		"added for another account": {nil, addTrust(`{"Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"example-external-id"}}}`), []string{
			"+ trust policy: an added statement trusts account 333333333333, which is not the consumer"}},
		"added without an external ID": {nil, addTrust(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}`), []string{
			"+ trust policy: in an added statement, the external ID condition is missing: anyone in account 222222222222 can assume the role"}},
		"added for everybody": {nil, addTrust(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`), []string{
			"+ trust policy: an added statement trusts every AWS account: anybody can assume the role; in an added statement, the external ID condition is missing: anybody can assume the role"}},
		"added for SAML": {nil, addTrust(`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:saml-provider/x"},"Action":"sts:AssumeRoleWithSAML"}`), []string{
			"+ trust policy: an added statement allows sts:AssumeRoleWithSAML"}},
		"added deny": {nil, addTrust(`{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}`), []string{
			"trust policy: an added statement denies: principals of the share may be refused"}},
		"added nonsense": {nil, addTrust(`{"Effect":"Allow","Foo":"bar"}`), []string{
			"+ trust policy: an added statement cannot be understood: it may let anybody in"}},
		"the same again under another name": {nil, func(w *world) {
			again := w.Role.Trust.Statements()[0]
			again.Sid = "Again"
			w.Role.Trust = policy.New(append(w.Role.Trust.Statements(), again)...)
		}, []string{"trust policy: is written differently than the share's and means the same"}},
		"another name": {nil, editTrust(func(s *policy.Statement) { s.Sid = "Renamed" }), []string{
			"trust policy: is written differently than the share's and means the same"}},
		"the old version of the language": {nil, func(w *world) {
			w.Role.Trust = document(strings.Replace(w.Role.Trust.JSON(), policy.Version2012, policy.Version2008, 1))
		}, []string{"trust policy: is written differently than the share's and means the same"}},
		"turned into a deny": {nil, editTrust(func(s *policy.Statement) { s.Effect = policy.Deny }), []string{
			"trust policy: no statement lets the consumer in: nobody in account 222222222222 can assume the role; an added statement denies: principals of the share may be refused"}},
		"empty": {nil, func(w *world) { w.Role.Trust = policy.New() }, []string{
			"trust policy: no statement lets the consumer in: nobody in account 222222222222 can assume the role"}},
		"more actions": {nil, editTrust(func(s *policy.Statement) { s.Action = policy.Values{"sts:AssumeRole", "sts:TagSession"} }), []string{
			"+ trust policy: also allows sts:TagSession"}},
		"every action of STS": {nil, editTrust(func(s *policy.Statement) { s.Action = policy.Values{"sts:*"} }), []string{
			"+ trust policy: also allows sts:*"}},
		"another action": {nil, editTrust(func(s *policy.Statement) { s.Action = policy.Values{"sts:TagSession"} }), []string{
			"+ trust policy: an added statement allows sts:TagSession; no statement lets the consumer in: nobody in account 222222222222 can assume the role"}},
	})
}
