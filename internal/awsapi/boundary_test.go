package awsapi

import (
	"errors"
	"testing"
)

func TestFindBoundary(t *testing.T) {
	t.Parallel()
	const own, ofAWS = "arn:aws:iam::" + ownerID + ":policy/limits/edge", "arn:aws:iam::aws:policy/AmazonS3FullAccess"
	cases := map[string]struct {
		arn, may string
		found    bool
		refused  string // the call
	}{
		"a customer's":                {arn: own, may: `"iam:*"`, found: true},
		"one of AWS":                  {arn: ofAWS, may: `"iam:*"`, found: true},
		"none":                        {arn: own + "-none", may: `"iam:*"`},
		"without permission":          {arn: own, may: `"iam:GetRole"`, refused: "iam:GetPolicy"},
		"with half of the permission": {arn: own, may: `"iam:GetPolicy"`, refused: "iam:GetPolicyVersion"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, owner, _ := newSimulator(t)
			owner.AddPolicy("/limits/", "edge", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
			found, err := lookerAt(t, sim, owner, test.may).FindBoundary(background(), test.arn)
			var call *CallError
			if errors.As(err, &call) != (test.refused != "") || call != nil && (call.Call() != test.refused || !IsDenied(err)) || (found != nil) != test.found {
				t.Fatalf("got %+v, %v", found, err)
			}
			if found != nil && (found.Name != test.arn || len(found.Document.Statements()) != 1) {
				t.Errorf("got %+v", found)
			}
		})
	}
}
