#include "ui/vaults/emphasis_panel.h"

#include "ui/common/page.h"
#include "ui/vaults/places.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QSignalBlocker>

#include <cmath>

namespace tau::ui {

namespace {

constexpr int steps = 20;
constexpr int anywhere = 0;
constexpr int on_the_map = 1;
constexpr int first_city = 2;

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

QString point_text(const vault::Place& point) {
    const QLocale locale;
    return EmphasisPanel::tr("%1° %2, %3° %4")
        .arg(locale.toString(std::abs(point.latitude), 'f', 1),
             point.latitude < 0 ? EmphasisPanel::tr("S") : EmphasisPanel::tr("N"),
             locale.toString(std::abs(point.longitude), 'f', 1),
             point.longitude < 0 ? EmphasisPanel::tr("W") : EmphasisPanel::tr("E"));
}

} // namespace

EmphasisPanel::EmphasisPanel(QWidget* parent) : QWidget(parent), place_(new QComboBox(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::xl);
    add_slider(0, tr("&Reputation"));
    add_slider(1, tr("&Distance"));
    add_slider(2, tr("C&apacity"));
    add_place();
}

void EmphasisPanel::add_slider(std::size_t index, const QString& name) {
    auto* slider = new QSlider(Qt::Horizontal, this);
    slider->setRange(0, steps);
    slider->setValue(steps / 2);
    slider->setPageStep(steps / 4);
    auto* label = new QLabel(name, this);
    label->setBuddy(slider);
    auto* word = new QLabel(emphasis_word(slider->value()), this);
    set_role(word, QStringLiteral("caption"));
    QString plain = name;
    plain.remove(QLatin1Char('&'));
    slider->setAccessibleName(plain);
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
    histograms_[index] = new HistogramView(plain, this);
    column->addWidget(histograms_[index]);
    column->addWidget(slider);
    static_cast<QHBoxLayout*>(layout())->addLayout(column, 1);
    sliders_[index] = slider;
    words_[index] = word;
}

void EmphasisPanel::add_place() {
    auto* label = new QLabel(tr("N&ear"), this);
    label->setBuddy(place_);
    place_->setAccessibleName(tr("Near"));
    place_->setToolTip(tr("Distances are measured from here. It stays on this computer: no vault "
                          "and no service is asked where you are."));
    place_->addItem(tr("Anywhere"));
    place_->addItem(tr("A point on the map…"));
    for (const City& city : cities()) {
        place_->addItem(QString::fromUtf8(city.name));
    }
    place_->insertSeparator(first_city);
    shown_place_ =
        city_of_this_computer() < 0 ? anywhere : city_of_this_computer() + first_city + 1;
    place_->setCurrentIndex(shown_place_);
    connect(place_, &QComboBox::activated, this, &EmphasisPanel::place_activated);
    auto* column = new QVBoxLayout;
    column->setSpacing(space::xs);
    column->addWidget(label);
    column->addWidget(place_);
    column->addStretch(1);
    static_cast<QHBoxLayout*>(layout())->addLayout(column);
}

void EmphasisPanel::place_activated(int index) {
    if (index == on_the_map) {
        place_->setCurrentIndex(shown_place_); // until there is a point
        Q_EMIT point_wanted();
        return;
    }
    shown_place_ = index;
    Q_EMIT changed();
}

vault::Emphasis EmphasisPanel::emphasis() const {
    const auto share = [this](std::size_t i) {
        return static_cast<double>(sliders_[i]->value()) / steps;
    };
    return {.reputation = share(0), .distance = share(1), .capacity = share(2)};
}

void EmphasisPanel::set_emphasis(const vault::Emphasis& emphasis) {
    const std::array values{emphasis.reputation, emphasis.distance, emphasis.capacity};
    for (std::size_t i = 0; i < sliders_.size(); ++i) {
        const QSignalBlocker quiet(sliders_[i]);
        sliders_[i]->setValue(static_cast<int>(std::lround(values[i] * steps)));
        words_[i]->setText(emphasis_word(sliders_[i]->value()));
        sliders_[i]->setAccessibleDescription(words_[i]->text());
    }
}

std::optional<vault::Place> EmphasisPanel::place() const {
    if (shown_place_ == on_the_map) {
        return point_;
    }
    const City* city = city_named(this->city());
    return city == nullptr ? std::nullopt : std::optional(city->place);
}

QString EmphasisPanel::city() const {
    return shown_place_ > first_city ? place_->itemText(shown_place_) : QString();
}

void EmphasisPanel::set_place(const QString& city, const std::optional<vault::Place>& point) {
    const int index = city.isEmpty() ? -1 : place_->findText(city);
    shown_place_ = index > first_city ? index : point ? on_the_map : anywhere;
    point_ = point;
    place_->setItemText(on_the_map, shown_place_ == on_the_map ? point_text(*point)
                                                               : tr("A point on the map…"));
    place_->setCurrentIndex(shown_place_);
}

void EmphasisPanel::show_histograms(vault::Ranking* ranking) {
    if (ranking == nullptr) {
        for (HistogramView* view : histograms_) {
            view->clear();
        }
        return;
    }
    histograms_[0]->set_histogram(ranking->histogram(vault::Column::reputation), {}, 3);
    if (place()) {
        histograms_[1]->set_histogram(ranking->histogram(vault::Column::distance), tr("km"), 0);
    } else {
        histograms_[1]->clear();
    }
    histograms_[2]->set_histogram(ranking->histogram(vault::Column::slots), tr("an hour"), 0);
}

} // namespace tau::ui
