#include "ui/vaults/emphasis_panel.h"

#include "ui/common/page.h"
#include "ui/vaults/places.h"

#include <QHBoxLayout>
#include <QLabel>

namespace tau::ui {

namespace {

constexpr int steps = 20;

QString emphasis_word(int value) {
    if (value == 0) {
        return EmphasisPanel::tr("ignored");
    }
    if (value <= steps * 3 / 10) {
        return EmphasisPanel::tr("a little");
    }
    if (value <= steps * 7 / 10) {
        return EmphasisPanel::tr("matters");
    }
    return EmphasisPanel::tr("decides");
}

} // namespace

EmphasisPanel::EmphasisPanel(QWidget* parent) : QWidget(parent), place_(new QComboBox(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::xl);
    const std::array names{tr("&Reputation"), tr("&Distance"), tr("C&apacity")};
    for (std::size_t i = 0; i < sliders_.size(); ++i) {
        auto* slider = new QSlider(Qt::Horizontal, this);
        slider->setRange(0, steps);
        slider->setValue(steps / 2);
        slider->setPageStep(steps / 4);
        auto* label = new QLabel(names[i], this);
        label->setBuddy(slider);
        auto* word = new QLabel(emphasis_word(slider->value()), this);
        set_role(word, QStringLiteral("caption"));
        QString plain = names[i];
        slider->setAccessibleName(plain.remove(QLatin1Char('&')));
        slider->setAccessibleDescription(word->text());
        connect(slider, &QSlider::valueChanged, this, [this, slider, word](int value) {
            word->setText(emphasis_word(value));
            slider->setAccessibleDescription(word->text());
            Q_EMIT changed();
        });
        auto* top = new QHBoxLayout;
        top->addWidget(label);
        top->addStretch(1);
        top->addWidget(word);
        auto* column = new QVBoxLayout;
        column->setSpacing(0);
        column->addLayout(top);
        column->addWidget(slider);
        row->addLayout(column, 1);
        sliders_[i] = slider;
    }
    auto* label = new QLabel(tr("N&ear"), this);
    label->setBuddy(place_);
    place_->setAccessibleName(tr("Near"));
    place_->addItem(tr("Anywhere"));
    for (const City& city : cities()) {
        place_->addItem(QString::fromUtf8(city.name));
    }
    place_->setCurrentIndex(city_of_this_computer() + 1);
    connect(place_, &QComboBox::currentIndexChanged, this, &EmphasisPanel::changed);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    column->addWidget(label);
    column->addWidget(place_);
    row->addLayout(column);
}

vault::Emphasis EmphasisPanel::emphasis() const {
    const auto share = [this](std::size_t i) {
        return static_cast<double>(sliders_[i]->value()) / steps;
    };
    return {.reputation = share(0), .distance = share(1), .capacity = share(2)};
}

std::optional<vault::Place> EmphasisPanel::place() const {
    const int index = place_->currentIndex() - 1;
    return index < 0 ? std::nullopt
                     : std::optional(cities()[static_cast<std::size_t>(index)].place);
}

QString EmphasisPanel::city() const {
    return place_->currentIndex() <= 0 ? QString() : place_->currentText();
}

void EmphasisPanel::set_city(const QString& name) {
    const int index = place_->findText(name);
    if (index >= 0) {
        place_->setCurrentIndex(index);
    }
}

} // namespace tau::ui
