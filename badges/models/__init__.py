"""What play stores: badges and sets, quests, boss battles, and credentials that leave the house."""
