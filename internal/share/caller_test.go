package share

import "testing"

func TestMembership(t *testing.T) {
	t.Parallel()
	principals := func(arns ...string) Consumer {
		c := Consumer{AccountID: "222222222222"}
		for _, arn := range arns {
			principal, err := ParsePrincipal(arn)
			if err != nil {
				t.Fatal(err)
			}
			c.Principals = append(c.Principals, principal)
		}
		return c
	}
	whole, etl := principals(), principals("arn:aws:iam::222222222222:role/etl", "arn:aws:iam::222222222222:user/team/ann")
	for name, c := range map[string]struct {
		consumer Consumer
		caller   Caller
		want     Membership
	}{
		"a session of the account that is let in":          {whole, "arn:aws:sts::222222222222:assumed-role/etl/s", Member},
		"a user of the account that is let in":             {whole, "arn:aws:iam::222222222222:user/ann", Member},
		"a session of another account":                     {whole, "arn:aws:sts::333333333333:assumed-role/etl/s", Stranger},
		"the root user of the account":                     {whole, "arn:aws:iam::222222222222:root", Stranger},
		"no ARN":                                           {whole, "somebody", Stranger},
		"a session of a role of that name":                 {etl, "arn:aws:sts::222222222222:assumed-role/etl/s", PossibleMember},
		"a session of a role of another name":              {etl, "arn:aws:sts::222222222222:assumed-role/etl2/s", Stranger},
		"a session whose own name is the role's":           {etl, "arn:aws:sts::222222222222:assumed-role/other/etl", Stranger},
		"the named user":                                   {etl, "arn:aws:iam::222222222222:user/team/ann", Member},
		"a user of that name elsewhere":                    {etl, "arn:aws:iam::222222222222:user/ann", Stranger},
		"a user with the role's name":                      {etl, "arn:aws:iam::222222222222:user/etl", Stranger},
		"a session of a role under the wildcard":           {principals("arn:aws:iam::222222222222:role/team/etl-*"), "arn:aws:sts::222222222222:assumed-role/etl-1/s", PossibleMember},
		"a session of a role below the wildcard":           {principals("arn:aws:iam::222222222222:role/etl-*"), "arn:aws:sts::222222222222:assumed-role/x/s", PossibleMember},
		"a session of a role that the wildcard leaves out": {principals("arn:aws:iam::222222222222:role/etl-?"), "arn:aws:sts::222222222222:assumed-role/etl/s", Stranger},
		"a session where all roles are let in":             {principals("arn:aws:iam::222222222222:role/*"), "arn:aws:sts::222222222222:assumed-role/x/s", Member},
		"a session where all users are let in":             {principals("arn:aws:iam::222222222222:user/*"), "arn:aws:sts::222222222222:assumed-role/x/s", Stranger},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if have := c.consumer.Membership(c.caller); have != c.want {
				t.Errorf("%s is %q, want %q", c.caller, have, c.want)
			}
		})
	}
}

func TestParseShareRole(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Spec{
		"arn:aws:iam::111111111111:role/etl-reports":                 {Owner: Account{"111111111111", "aws"}, Path: "/", Name: "etl-reports"},
		"arn:aws:iam::111111111111:role/crossaccount/etl-reports":    {Owner: Account{"111111111111", "aws"}, Path: "/crossaccount/", Name: "etl-reports"},
		"arn:aws-us-gov:iam::011111111111:role/a/b/etl_reports+=,.@": {Owner: Account{"011111111111", "aws-us-gov"}, Path: "/a/b/", Name: "etl_reports+=,.@"},
	} {
		have, err := ParseShareRole(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if have.RoleARN() != text || have.Owner != want.Owner || have.Path != want.Path || have.Name != want.Name {
			t.Errorf("%s was read as %s in %v", text, have.RoleARN(), have.Owner)
		}
	}
	for text, hint := range map[string]string{
		"":            "is not the ARN of a role",
		"etl-reports": "is not the ARN of a role",
		"arn:aws:sts::111111111111:assumed-role/etl-reports/s":            "arn:aws:iam::111111111111:role/etl-reports",
		"arn:aws:iam::111111111111:user/etl-reports":                      "of something else than a role",
		"arn:aws:s3:::acme-data":                                          "of something else than a role",
		"arn:aws:iam::111111111111:role/*":                                "cannot name a role",
		"arn:aws:iam::111111111111:role/team*/etl":                        "policies that name the role's ARN read as a wildcard",
		"arn:aws:iam::11111111111:role/etl-reports":                       "is not the ARN of a role",
		"arn:aws:iam::111111111111:role/":                                 "is not the ARN of a role",
		"arn:aws:iam::111111111111:role/x arn:aws:iam::222222222222:root": "cannot name a role",
	} {
		if _, err := ParseShareRole(text); err == nil {
			t.Errorf("%q was accepted", text)
		} else if !contains(err.Error(), hint) {
			t.Errorf("%q: %q does not say %q", text, err, hint)
		}
	}
}

func TestCheckHalf(t *testing.T) {
	t.Parallel()
	half, err := ParseShareRole("arn:aws:iam::111111111111:role/etl-reports")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		consumer Account
		refused  bool
	}{
		"another account":                      {Account{"222222222222", "aws"}, false},
		"the account of the role":              {Account{"111111111111", "aws"}, true},
		"another account in another partition": {Account{"222222222222", "aws-cn"}, true},
	} {
		if err := half.CheckHalf(c.consumer); (err != nil) != c.refused {
			t.Errorf("%s: refused %v: %v", name, err != nil, err)
		}
	}
}

func TestKeysOfAShare(t *testing.T) {
	t.Parallel()
	some, whole := Spec{Prefixes: []Prefix{"a/", "b"}}, Spec{}
	for key, covered := range map[string]bool{"a/x": true, "a/": true, "a": false, "ab": false, "b": true, "bc": true, "c": false} {
		if some.CoversKey(key) != covered {
			t.Errorf("key %s is covered: %v, want %v", key, !covered, covered)
		}
		if !whole.CoversKey(key) {
			t.Errorf("a share of the whole bucket leaves out %s", key)
		}
		past := some.PastPrefix(key)
		if covered && (past <= key || past <= "a/\u00ff" && key < "b") || !covered && past != key {
			t.Errorf("past %q comes %q", key, past)
		}
	}
}
