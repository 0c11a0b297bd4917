package verdict

// This file judges calls that come to a bucket through an access point (S3 User Guide, "Configuring IAM policies for
// using access points"): the access point and the bucket must both permit the call.

import "errors"

// judgeThrough asks the access point first, then the bucket. Each is judged about its own ARN; condition keys are the
// same. A caller of another account needs an allow of its own account once, for the access point: the bucket's policy
// alone then decides for the bucket, which the guide shows with policies that name the access point only.
func judgeThrough(r Request, p Policies) (Verdict, error) {
	if r.AccessPointAccount == "" {
		return Verdict{}, errors.New("reading the request: the access point has no account")
	}
	front, back := r, r
	front.Resource, front.ResourceAccount = r.AccessPoint, r.AccessPointAccount
	front.AccessPoint, back.AccessPoint = "", ""
	atPoint, atBucket := p, p
	atPoint.Resource = p.AccessPoint
	entered, err := judgeOne(front, atPoint, notYet)
	if err != nil {
		return Verdict{}, err
	}
	inside, err := judgeOne(back, atBucket, settled)
	if err != nil {
		return Verdict{}, err
	}
	for _, denied := range []Verdict{entered, inside} {
		if denied.Outcome == ExplicitDeny {
			return denied, nil
		}
	}
	if entered.Outcome == Allowed && inside.Outcome != Allowed {
		return inside, nil
	}
	return entered, nil
}
